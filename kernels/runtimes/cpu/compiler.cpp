#include "compiler.h"

#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>

#include "code_object.h"
#include "elf_shared.h"
#include "process.h"

namespace rocmforge {
namespace {

namespace fs = std::filesystem;

constexpr uint32_t sharedLimit = 64 * 1024;
constexpr const char* kernelMark = "__attribute__((rf_kernel))";
constexpr const char* boundsMark = "__attribute__((rf_launch_bounds(";

struct Kernel {
  std::string name;
  std::string bound;  // an expression of the source; 1024 when none is given, as clang has it
};

// Where this library lies, and the folder of emulation.h: given at build time, because the library may be built elsewhere.
std::string ownPath() {
  Dl_info info;
  return dladdr(reinterpret_cast<const void*>(&ownPath), &info) != 0 ? fs::absolute(info.dli_fname).string() : "";
}

// FNV-1a, twice with different starts: names a cache entry, protects against nothing.
std::string hashOf(const std::string& text) {
  char name[40];
  uint64_t a = 14695981039346656037u, b = 0x9E3779B97F4A7C15u;
  for (const char c : text) {
    a = (a ^ static_cast<unsigned char>(c)) * 1099511628211u;
    b = (b ^ static_cast<unsigned char>(c)) * 0x100000001B3u + (a >> 32);
  }
  snprintf(name, sizeof name, "%016llx%016llx", static_cast<unsigned long long>(a), static_cast<unsigned long long>(b));
  return name;
}

std::string readFile(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void writeFile(const fs::path& path, const std::string& text) {
  std::ofstream stream(path, std::ios::binary);
  stream << text;
}

size_t closing(const std::string& text, size_t open) {
  int depth = 0;
  for (size_t i = open; i < text.size(); i++) {
    if (text[i] == '(') depth++;
    if (text[i] == ')' && --depth == 0) return i;
  }
  return std::string::npos;
}

// Finds kernels in preprocessed source by their attributes: `... void name(`.
std::vector<Kernel> findKernels(const std::string& text) {
  std::vector<Kernel> kernels;
  for (size_t at = text.find(kernelMark); at != std::string::npos; at = text.find(kernelMark, at + 1)) {
    Kernel kernel{"", "1024"};
    size_t i = at + strlen(kernelMark);
    while (i < text.size() && text[i] != ';' && text[i] != '{') {
      if (text.compare(i, strlen(boundsMark), boundsMark) == 0) {
        const size_t open = i + strlen(boundsMark) - 1;
        const size_t end = closing(text, open);
        if (end == std::string::npos) break;
        kernel.bound = text.substr(open + 1, end - open - 1);
        i = end + 3;  // behind ")))"
      } else if (text[i] == '#') {  // line marker
        i = text.find('\n', i);
      } else if (isalpha(static_cast<unsigned char>(text[i])) || text[i] == '_') {
        const size_t start = i;
        while (isalnum(static_cast<unsigned char>(text[i])) || text[i] == '_') i++;
        kernel.name = text.substr(start, i - start);
      } else if (text[i] == '(') {
        break;
      } else {
        i++;
      }
    }
    if (!kernel.name.empty()) kernels.push_back(kernel);
  }
  return kernels;
}

bool startsWith(const std::string& text, const char* start) { return text.rfind(start, 0) == 0; }

// Sorts the options; returns the first that is not understood, or "".
std::string sortOptions(const std::vector<std::string>& options, std::vector<std::string>& flags, std::string& architecture) {
  for (size_t i = 0; i < options.size(); i++) {
    const std::string& option = options[i];
    if (startsWith(option, "--offload-arch=") || startsWith(option, "--gpu-architecture=")) {
      architecture = option.substr(option.find('=') + 1);
    } else if (option == "-mwavefrontsize64" || option == "-mno-wavefrontsize64" || startsWith(option, "-O") ||
               startsWith(option, "-std=") || startsWith(option, "--std=") || startsWith(option, "-mllvm")) {
      // Chosen by the emulation itself, or meaningful to AMD's code generator only.
    } else if ((option == "-D" || option == "-I" || option == "-U") && i + 1 < options.size()) {
      flags.push_back(option + options[++i]);
    } else if (startsWith(option, "-D") || startsWith(option, "-I") || startsWith(option, "-U") || startsWith(option, "-W") ||
               startsWith(option, "-f")) {
      flags.push_back(option);
    } else {
      return option;
    }
  }
  return "";
}

// Asked once for each compiler.
std::string compilerVersion(const std::string& compiler) {
  static std::mutex mutex;
  static std::map<std::string, std::string> versions;
  const std::lock_guard<std::mutex> guard(mutex);
  const auto [entry, fresh] = versions.try_emplace(compiler);
  if (fresh) entry->second = runProcess({compiler, "--version"}).output;
  return entry->second;
}

void fail(Compilation& result, const std::string& text) {
  result.done = false;
  result.log += text;
}

// 64 KiB of shared memory a block: more is an error of the compiler on the device, too.
void checkShared(Compilation& result, const std::vector<Kernel>& kernels) {
  const auto shared = staticSharedBytes(result.code.data() + sizeof(CodeObject), result.code.size() - sizeof(CodeObject));
  for (const Kernel& kernel : kernels) {
    const uint32_t bytes = sharedOfKernel(shared, kernel.name);
    if (bytes > sharedLimit)
      fail(result, "error: local memory (" + std::to_string(bytes) + ") exceeds limit (" + std::to_string(sharedLimit) + ") in '" +
                       kernel.name + "'\n");
  }
}

struct Job {
  fs::path folder;
  std::vector<std::string> command;  // compiler and flags, without input and output
  std::string architecture;
};

std::string wrapped(const std::string& library, const std::string& architecture) {
  CodeObject header = {};
  memcpy(header.magic, codeObjectMagic, sizeof header.magic);
  header.bytes = library.size();
  strncpy(header.architecture, architecture.c_str(), sizeof header.architecture - 1);
  return std::string(reinterpret_cast<const char*>(&header), sizeof header) + library;
}

void build(const Job& job, const std::string& source, Compilation& result, std::vector<Kernel>& kernels) {
  std::vector<std::string> preprocess = job.command;
  const std::string expanded = (job.folder / "expanded.ii").string();
  const std::string input = (job.folder / "kernel.cpp").string();
  writeFile(input, source);
  preprocess.insert(preprocess.end(), {"-E", input, "-o", expanded});
  const ProcessResult first = runProcess(preprocess);
  result.log += first.output;
  if (first.status != 0) return fail(result, first.status < 0 ? "cannot run the C++ compiler\n" : "");
  std::string text = readFile(expanded);
  kernels = findKernels(text);
  text += "\n";
  if (kernels.empty()) text += "#line 1 \"no kernel\"\n";
  for (const Kernel& kernel : kernels) {
    text += "# 1 \"entry of " + kernel.name + "\"\nextern \"C\" __attribute__((visibility(\"default\"), used)) const RfKernelEntry rf_entry_" + kernel.name +
            ";\nconst RfKernelEntry rf_entry_" + kernel.name + " = {&RfTrampoline<&" + kernel.name + ">::run, RfTrampoline<&" +
            kernel.name + ">::sizes, RfTrampoline<&" + kernel.name + ">::count, (" + kernel.bound + "), rfWave};\n";
  }
  writeFile(expanded, text);
  std::vector<std::string> command = job.command;
  const std::string output = (job.folder / "kernel.so").string();
  // A function that nobody defines is an error of the device's linker, too.
  command.insert(command.end(), {"-shared", "-fPIC", "-Wl,-z,defs", expanded, "-o", output, ownPath()});
  const ProcessResult second = runProcess(command);
  result.log += second.output;
  if (second.status != 0) return fail(result, "");
  result.code = wrapped(readFile(output), job.architecture);
  result.done = true;
  checkShared(result, kernels);
}

std::string keyOf(const SourceFile& source, const std::vector<SourceFile>& headers, const Job& job) {
  std::string key = compilerVersion(job.command.front()) + readFile(RF_EMULATION_FOLDER "/emulation.h") + ownPath() + job.architecture + '\0' + source.name +
                    '\0' + source.text;
  struct stat library = {};
  stat(ownPath().c_str(), &library);
  key += std::to_string(library.st_mtime);
  for (const SourceFile& header : headers) key += '\0' + header.name + '\0' + header.text;
  for (const std::string& word : job.command) key += '\0' + word;
  return hashOf(key);
}

}  // namespace

Compilation compile(const SourceFile& source, const std::vector<SourceFile>& headers, const std::vector<std::string>& options,
                    const std::string& deviceArchitecture, const Settings& settings) {
  Compilation result;
  Job job{{}, {settings.compiler, "-std=c++20", "-O3", "-march=native", "-fvisibility=hidden", "-Wno-attributes",
               "-Wno-unknown-pragmas", "-DRF_EMULATION", "-I" RF_EMULATION_FOLDER}, deviceArchitecture};
#if defined(__GNUC__) && !defined(__clang__)
  job.command.push_back("-fno-gnu-unique");
#endif
  if (settings.checkAlignment) {
    job.command.push_back("-fsanitize=alignment");
    job.command.push_back("-fsanitize-undefined-trap-on-error");
  }
  if (const std::string unknown = sortOptions(options, job.command, job.architecture); !unknown.empty()) {
    fail(result, "error: unknown argument: '" + unknown + "'\n");
    return result;
  }
  job.architecture = job.architecture.substr(0, job.architecture.find(':'));
  job.command.push_back("-DRF_EMULATION_ARCHITECTURE=\"" + job.architecture + "\"");
  const fs::path cache = settings.cacheFolder;
  const fs::path kept = cache / (keyOf(source, headers, job) + ".rfemu");
  if (fs::exists(kept)) {
    result.code = readFile(kept);
    result.done = true;
    return result;
  }
  std::error_code problem;
  fs::create_directories(cache, problem);
  std::string pattern = (cache / "job-XXXXXX").string();
  if (problem || mkdtemp(pattern.data()) == nullptr) {
    fail(result, "error: cannot write to " + cache.string() + "\n");
    return result;
  }
  job.folder = pattern;
  for (const SourceFile& header : headers) {
    const fs::path path = job.folder / header.name;
    fs::create_directories(path.parent_path());
    writeFile(path, header.text);
  }
  // Headers given with the program come before any folder, as with hiprtc.
  job.command.push_back("-I" + job.folder.string());
  std::vector<Kernel> kernels;
  build(job, source.text, result, kernels);
  if (result.done) {
    const fs::path fresh = job.folder / "kept";
    writeFile(fresh, result.code);
    fs::rename(fresh, kept, problem);
  }
  fs::remove_all(job.folder, problem);
  return result;
}

}  // namespace rocmforge
