#include "elf_shared.h"

#include <elf.h>

#include <cstdlib>
#include <cstring>

namespace rocmforge {
namespace {

// _ZZ3addE1s: variable s in function add. A C++ helper's name carries its parameter types behind the length, so only
// names with E directly behind the length are kernels.
std::string functionOf(const char* symbol) {
  if (strncmp(symbol, "_ZZ", 3) != 0) return "";
  char* end = nullptr;
  const unsigned long length = strtoul(symbol + 3, &end, 10);
  if (end == symbol + 3 || strlen(end) <= length || end[length] != 'E') return "";
  return std::string(end, length);
}

}  // namespace

std::map<std::string, uint32_t> staticSharedBytes(const char* image, size_t size) {
  std::map<std::string, uint32_t> bytes;
  Elf64_Ehdr header;
  if (size < sizeof header) return bytes;
  memcpy(&header, image, sizeof header);
  for (unsigned i = 0; i < header.e_shnum; i++) {
    Elf64_Shdr table;
    memcpy(&table, image + header.e_shoff + i * sizeof table, sizeof table);
    if (table.sh_type != SHT_SYMTAB) continue;
    Elf64_Shdr strings;
    memcpy(&strings, image + header.e_shoff + table.sh_link * sizeof strings, sizeof strings);
    for (size_t at = 0; at + sizeof(Elf64_Sym) <= table.sh_size; at += sizeof(Elf64_Sym)) {
      Elf64_Sym symbol;
      memcpy(&symbol, image + table.sh_offset + at, sizeof symbol);
      if (ELF64_ST_TYPE(symbol.st_info) != STT_TLS || symbol.st_shndx == SHN_UNDEF) continue;
      const uint32_t rounded = static_cast<uint32_t>((symbol.st_size + 15) / 16 * 16);
      bytes[functionOf(image + strings.sh_offset + symbol.st_name)] += rounded;
    }
  }
  return bytes;
}

}  // namespace rocmforge
