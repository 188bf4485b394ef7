#include "conformance/exported_symbols.hpp"

#include <elf.h>
#include <link.h>

#include <cstring>
#include <stdexcept>

#include "base/files.hpp"

namespace nexus::conformance {
namespace {

using Header = ElfW(Ehdr);
using Section = ElfW(Shdr);
using Symbol = ElfW(Sym);

constexpr std::size_t largest_file = 256U << 20U;

[[noreturn]] void malformed() {
    throw std::runtime_error("the tables of the ELF file do not lie inside it");
}

// A copy: nothing in the file is known to be aligned.
template <typename T>
T at(std::string_view file, std::uint64_t offset) {
    if (offset > file.size() || file.size() - offset < sizeof(T)) malformed();
    T value;
    std::memcpy(&value, file.data() + offset, sizeof(T));
    return value;
}

std::string name_at(std::string_view file, const Section& strings, std::uint64_t offset) {
    if (offset >= strings.sh_size || strings.sh_offset > file.size() ||
        strings.sh_size > file.size() - strings.sh_offset) {
        malformed();
    }
    const auto table = file.substr(strings.sh_offset, strings.sh_size).substr(offset);
    return std::string(table.substr(0, table.find('\0')));
}

bool is_exported(const Symbol& symbol) {
    const auto binding = symbol.st_info >> 4U;
    const auto visibility = symbol.st_other & 3U;
    return symbol.st_shndx != SHN_UNDEF && (binding == STB_GLOBAL || binding == STB_WEAK) &&
           (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

}  // namespace

std::vector<std::string> exported_symbols(const std::string& path) {
    const auto file = read_file(path, largest_file);
    if (!file) throw std::runtime_error("there is no file " + path);
    const auto header = at<Header>(*file, 0);
    const auto section = [&](std::uint64_t index) {
        if (index >= header.e_shnum) malformed();
        return at<Section>(*file, header.e_shoff + index * sizeof(Section));
    };
    std::vector<std::string> names;
    for (std::uint64_t i = 0; i < header.e_shnum; ++i) {
        const Section symbols = section(i);
        if (symbols.sh_type != SHT_DYNSYM) continue;
        const Section strings = section(symbols.sh_link);
        for (std::uint64_t at_byte = 0; at_byte + sizeof(Symbol) <= symbols.sh_size;
             at_byte += sizeof(Symbol)) {
            const auto symbol = at<Symbol>(*file, symbols.sh_offset + at_byte);
            if (is_exported(symbol)) names.push_back(name_at(*file, strings, symbol.st_name));
        }
    }
    return names;
}

}  // namespace nexus::conformance
