#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <vector>

namespace pinnace::test_support {

struct ZipSample {
  std::string name;
  std::string content;
  bool deflated = false;
};

inline void append_number(std::string& to, std::uint64_t value, unsigned size) {
  for (unsigned i = 0; i < size; ++i, value >>= 8U) to += static_cast<char>(value & 0xffU);
}

inline std::string raw_deflate(const std::string& bytes) {
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&z, bytes.size()), '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

/// A zip archive; with `zip64` the numbers of its directory are where those of large files are.
inline std::string make_zip(const std::vector<ZipSample>& samples, bool zip64 = false) {
  std::string file;
  std::string directory;
  for (const ZipSample& sample : samples) {
    const std::string stored = sample.deflated ? raw_deflate(sample.content) : sample.content;
    const auto crc =
        crc32_z(0, reinterpret_cast<const Bytef*>(sample.content.data()), sample.content.size());
    std::string fields;  // version, flags, method, time, date, CRC, sizes, length of the name
    append_number(fields, 20, 2);
    append_number(fields, 0, 2);
    append_number(fields, sample.deflated ? 8 : 0, 2);
    append_number(fields, 0, 4);
    append_number(fields, crc, 4);
    std::string sizes;
    append_number(sizes, stored.size(), 4);
    append_number(sizes, sample.content.size(), 4);
    std::string extra;
    if (zip64) {
      append_number(extra, 1, 2);
      append_number(extra, 24, 2);
      append_number(extra, sample.content.size(), 8);
      append_number(extra, stored.size(), 8);
      append_number(extra, file.size(), 8);
    }
    directory += "PK\1\2";
    append_number(directory, 20, 2);
    directory += fields + (zip64 ? std::string(8, '\xff') : sizes);
    append_number(directory, sample.name.size(), 2);
    append_number(directory, extra.size(), 2);
    append_number(directory, 0, 10);
    append_number(directory, zip64 ? 0xffffffff : file.size(), 4);
    directory += sample.name + extra;
    file += "PK\3\4" + fields + sizes;
    append_number(file, sample.name.size(), 2);
    append_number(file, 0, 2);
    file += sample.name + stored;
  }
  const std::size_t begin = file.size();
  file += directory;
  if (zip64) {
    const std::size_t end64 = file.size();
    file += "PK\6\6";
    append_number(file, 44, 8);
    append_number(file, 0, 12);
    append_number(file, samples.size(), 8);
    append_number(file, samples.size(), 8);
    append_number(file, directory.size(), 8);
    append_number(file, begin, 8);
    file += "PK\6\7";
    append_number(file, 0, 4);
    append_number(file, end64, 8);
    append_number(file, 1, 4);
  }
  file += "PK\5\6";
  append_number(file, 0, 4);
  append_number(file, samples.size(), 2);
  append_number(file, samples.size(), 2);
  append_number(file, zip64 ? 0xffffffff : directory.size(), 4);
  append_number(file, zip64 ? 0xffffffff : begin, 4);
  append_number(file, 0, 2);
  return file;
}

}  // namespace pinnace::test_support
