#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include "archive/entry_path.hpp"
#include "archive/tar_format.hpp"
#include "archive/tar_reader.hpp"
#include "archive/tar_writer.hpp"
#include "base/error.hpp"
#include "base/io.hpp"

namespace {

using namespace pinnace;

/// What was read can be written, and reads the same again.
void check_round_trip(const archive::TarEntry& entry) {
  std::string header;
  try {
    archive::append_tar_header(entry, header);
  } catch (const base::Error&) {
    return;  // larger than we write, a NUL or '=' in a name
  }
  base::StringSource source(std::move(header));
  archive::TarReader reader(source, "again");
  const auto again = reader.next();
  if (!again || *again != entry) std::abort();
}

/// More of a sparse file, which may be larger than any disk, is not read.
constexpr std::uint64_t k_max_content = 1 << 20;

void read_all_entries(base::Bytes bytes, archive::TarReader::Sparse sparse) {
  base::MemorySource source(bytes);
  archive::TarReader reader(source, "fuzz", sparse);
  std::array<std::byte, 1000> buffer{};
  while (const auto entry = reader.next()) {
    check_round_trip(*entry);
    try {
      archive::entry_path(entry->path);
    } catch (const base::Error&) {
    }
    std::uint64_t content = 0;
    std::size_t size = 0;
    while (content < k_max_content && (size = reader.content().read(buffer)) != 0) content += size;
    if (content < k_max_content && content != entry->size) std::abort();
  }
}

/// Gives every header block its right checksum, without which mutations end at the first check.
void repair_checksums(std::span<std::uint8_t> data) {
  for (; data.size() >= archive::k_tar_block; data = data.subspan(archive::k_tar_block)) {
    const auto block = data.first(archive::k_tar_block);
    const std::string_view text = base::as_text(std::as_bytes(block));
    if (text.substr(archive::k_magic.offset, 5) != archive::k_ustar_magic.substr(0, 5)) continue;
    auto sum = static_cast<std::uint64_t>(archive::tar_checksum(text).of_unsigned);
    for (std::size_t i = 6; i-- > 0; sum /= 8) {
      block[archive::k_checksum.offset + i] = static_cast<std::uint8_t>('0' + sum % 8);
    }
    block[archive::k_checksum.offset + 6] = 0;
    block[archive::k_checksum.offset + 7] = ' ';
  }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned /*seed*/) {
  const std::size_t mutated = LLVMFuzzerMutate(data, size, max_size);
  repair_checksums({data, mutated});
  return mutated;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const auto sparse :
       {archive::TarReader::Sparse::refuse, archive::TarReader::Sparse::expand}) {
    try {
      read_all_entries(std::as_bytes(std::span(data, size)), sparse);
    } catch (const base::Error&) {
    }
  }
  return 0;
}
