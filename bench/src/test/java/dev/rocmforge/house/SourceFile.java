package dev.rocmforge.house;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * What the house rules need to know of one Java source, read by the compiler's own parser.
 *
 * @param path the file
 * @param lines number of lines
 * @param packageName package, empty for the unnamed one
 * @param types binary-style names of all types, nested ones as {@code Outer.Inner}
 * @param methods methods, constructors and initializer blocks
 * @param annotations simple names of all annotations used
 */
record SourceFile(
    Path path,
    int lines,
    String packageName,
    List<String> types,
    List<Method> methods,
    List<String> annotations) {

  /**
   * A body of code.
   *
   * @param type name of the type that holds it
   * @param name method name, {@code <init>} for a constructor or block
   * @param lines from the first modifier to the closing brace
   */
  record Method(String type, String name, int lines) {}

  /** Parses the sources; none is compiled, so their class path does not matter. */
  static List<SourceFile> parse(List<Path> files) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (var manager = compiler.getStandardFileManager(null, Locale.ROOT, null)) {
      var sources = manager.getJavaFileObjectsFromPaths(files);
      JavacTask task =
          (JavacTask) compiler.getTask(null, manager, null, List.of("-proc:none"), null, sources);
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      List<SourceFile> result = new ArrayList<>();
      for (CompilationUnitTree unit : task.parse()) {
        Reader reader = new Reader(unit, positions);
        reader.scan(new TreePath(unit), null);
        result.add(reader.sourceFile());
      }
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Reader extends TreePathScanner<Void, Void> {
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<String> enclosing = new ArrayList<>();
    private final List<String> types = new ArrayList<>();
    private final List<Method> methods = new ArrayList<>();
    private final List<String> annotations = new ArrayList<>();

    Reader(CompilationUnitTree unit, SourcePositions positions) {
      this.unit = unit;
      this.positions = positions;
    }

    SourceFile sourceFile() throws IOException {
      CharSequence text = unit.getSourceFile().getCharContent(true);
      int lines = (int) text.toString().lines().count();
      String name = unit.getPackageName() == null ? "" : unit.getPackageName().toString();
      return new SourceFile(
          Path.of(unit.getSourceFile().toUri()), lines, name, types, methods, annotations);
    }

    @Override
    public Void visitClass(ClassTree tree, Void unused) {
      enclosing.add(tree.getSimpleName().toString());
      if (!tree.getSimpleName().isEmpty()) {
        types.add(String.join(".", enclosing));
      }
      for (Tree member : tree.getMembers()) {
        if (member instanceof BlockTree block) {
          methods.add(new Method(String.join(".", enclosing), "<init>", lines(block)));
        }
      }
      super.visitClass(tree, null);
      enclosing.removeLast();
      return null;
    }

    @Override
    public Void visitMethod(MethodTree tree, Void unused) {
      String name = tree.getName().toString();
      methods.add(new Method(String.join(".", enclosing), name, lines(tree)));
      return super.visitMethod(tree, null);
    }

    @Override
    public Void visitAnnotation(AnnotationTree tree, Void unused) {
      String name = tree.getAnnotationType().toString();
      annotations.add(name.substring(name.lastIndexOf('.') + 1));
      return super.visitAnnotation(tree, null);
    }

    private int lines(Tree tree) {
      long first = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, tree));
      long last = unit.getLineMap().getLineNumber(positions.getEndPosition(unit, tree));
      return (int) (last - first + 1);
    }
  }
}
