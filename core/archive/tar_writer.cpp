#include "archive/tar_writer.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include "archive/tar_format.hpp"
#include "archive/tar_reader.hpp"
#include "base/error.hpp"
#include "base/quote.hpp"

namespace pinnace::archive {

namespace {

using PaxRecords = std::map<std::string, std::string>;

[[noreturn]] void refuse(const TarEntry& entry, const std::string& why) {
  throw base::Error(base::ErrorCode::invalid_input,
                    "tar can't hold \"" + base::shown(entry.path) + "\": " + why);
}

bool is_ascii(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// What stands in a ustar field whose true value is in a PAX record: something short and printable.
std::string to_fallback(std::string_view text) {
  std::string fallback(text.substr(0, k_name.size));
  for (char& c : fallback) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f) c = '_';
  }
  return fallback;
}

/// One header block that is being filled.
class Block {
 public:
  Block() : m_bytes(k_tar_block, '\0') { put(k_magic, k_ustar_magic); }

  void put(TarField field, std::string_view text) {
    std::copy_n(text.begin(), std::min(text.size(), field.size),
                m_bytes.begin() + static_cast<std::ptrdiff_t>(field.offset));
  }
  /// Octal digits to the field's last byte but one, which stays NUL; false if the value has more.
  bool put_number(TarField field, std::uint64_t value) {
    for (std::size_t i = field.offset + field.size - 1; i-- > field.offset; value >>= 3) {
      m_bytes[i] = static_cast<char>('0' + (value & 7));
    }
    if (value != 0) put(field, std::string(field.size - 1, '0'));
    return value == 0;
  }
  /// POSIX leaves the exact form of this field open; this one, "%06o\0 ", is what everybody writes.
  const std::string& finish() {
    const auto sum = static_cast<std::uint64_t>(tar_checksum(m_bytes).of_unsigned);
    put_number({k_checksum.offset, k_checksum.size - 1}, sum);
    m_bytes[k_checksum.offset + k_checksum.size - 1] = ' ';
    return m_bytes;
  }

 private:
  std::string m_bytes;
};

/// "<length> <key>=<value>\n", where the length counts its own digits too.
std::string to_record(const std::string& key, const std::string& value) {
  const std::size_t rest = key.size() + value.size() + 3;
  std::size_t length = rest + std::to_string(rest).size();
  length = rest + std::to_string(length).size();
  return std::to_string(length) + " " + key + "=" + value + "\n";
}

char type_flag(EntryType type) noexcept {
  switch (type) {
    case EntryType::file:
      return '0';
    case EntryType::hardlink:
      return '1';
    case EntryType::symlink:
      return '2';
    case EntryType::character_device:
      return '3';
    case EntryType::block_device:
      return '4';
    case EntryType::directory:
      return '5';
    case EntryType::fifo:
      return '6';
  }
  return '0';
}

bool is_link(EntryType type) noexcept {
  return type == EntryType::symlink || type == EntryType::hardlink;
}

void check(const TarEntry& entry) {
  const auto has_nul = [](const std::string& s) { return s.find('\0') != std::string::npos; };
  if (entry.path.empty() || entry.path.back() == '/') {
    refuse(entry, "the path is empty or ends with a slash");
  }
  if (has_nul(entry.path) || has_nul(entry.link_target)) refuse(entry, "a name holds a NUL byte");
  if (std::max(entry.path.size(), entry.link_target.size()) > TarReader::k_max_path) {
    refuse(entry, "a name is longer than " + std::to_string(TarReader::k_max_path) + " bytes");
  }
  if (is_link(entry.type) == entry.link_target.empty()) {
    refuse(entry, "links have a target, and nothing else has");
  }
  if (entry.type != EntryType::file && entry.size != 0) {
    refuse(entry, std::string("a ") + to_string(entry.type) + " has no content");
  }
}

/// Puts `path` into name and prefix; false if it does not fit or is not ASCII.
bool put_path(Block& block, std::string_view path) {
  if (!is_ascii(path)) return false;
  if (path.size() <= k_name.size) {
    block.put(k_name, path);
    return true;
  }
  // The shortest prefix that leaves a name short enough; the slash between is not stored.
  const std::size_t slash = path.find('/', path.size() - k_name.size - 1);
  if (slash == std::string_view::npos || slash == 0 || slash > k_prefix.size ||
      slash + 1 == path.size()) {
    return false;
  }
  block.put(k_prefix, path.substr(0, slash));
  block.put(k_name, path.substr(slash + 1));
  return true;
}

void put_names(Block& block, const TarEntry& entry, PaxRecords& records) {
  const bool directory = entry.type == EntryType::directory;
  const std::string path = directory ? entry.path + "/" : entry.path;
  if (!put_path(block, path)) {
    block.put(k_name, to_fallback(path));
    records["path"] = path;
  }
  if (is_ascii(entry.link_target) && entry.link_target.size() <= k_link_name.size) {
    block.put(k_link_name, entry.link_target);
  } else {
    block.put(k_link_name, to_fallback(entry.link_target));
    records["linkpath"] = entry.link_target;
  }
}

void put_numbers(Block& block, const TarEntry& entry, PaxRecords& records) {
  const auto put = [&](TarField field, const char* key, std::uint64_t value) {
    if (!block.put_number(field, value)) records[key] = std::to_string(value);
  };
  block.put_number(k_mode, entry.mode & 07777);
  put(k_uid, "uid", entry.uid);
  put(k_gid, "gid", entry.gid);
  put(k_size, "size", entry.size);
  const auto mtime = static_cast<std::uint64_t>(std::max<std::int64_t>(entry.mtime, 0));
  if (!block.put_number(k_mtime, mtime) || entry.mtime < 0) {
    records["mtime"] = std::to_string(entry.mtime);
  }
  if (!block.put_number(k_device_major, entry.device_major) ||
      !block.put_number(k_device_minor, entry.device_minor)) {
    refuse(entry, "a device number is above 2097151");
  }
}

void add_xattrs(const TarEntry& entry, PaxRecords& records) {
  for (const auto& [name, value] : entry.xattrs) {
    if (name.empty() || name.find('=') != std::string::npos ||
        name.find('\0') != std::string::npos) {
      refuse(entry, "the name of extended attribute \"" + base::shown(name) + "\" is not possible");
    }
    records[std::string(k_xattr_prefix) + name] = value;
  }
}

void append_pax_header(const TarEntry& entry, const PaxRecords& records, std::string& out) {
  std::string content;
  for (const auto& [key, value] : records) content += to_record(key, value);
  if (content.size() > TarReader::k_max_pax_header) {
    refuse(entry, "names and extended attributes take more than " +
                      std::to_string(TarReader::k_max_pax_header) + " bytes");
  }
  const std::size_t slash = entry.path.rfind('/');
  const std::string name = slash == std::string::npos ? entry.path : entry.path.substr(slash + 1);
  Block block;
  block.put(k_name, to_fallback("PaxHeaders/" + name));
  block.put_number(k_mode, 0644);
  for (const TarField field : {k_uid, k_gid, k_mtime, k_device_major, k_device_minor}) {
    block.put_number(field, 0);
  }
  block.put_number(k_size, content.size());
  block.put(k_type, "x");
  out += block.finish();
  out += content;
  out.append(tar_padding(content.size()), '\0');
}

}  // namespace

void append_tar_header(const TarEntry& entry, std::string& out) {
  check(entry);
  Block block;
  PaxRecords records;
  block.put(k_type, std::string(1, type_flag(entry.type)));
  put_names(block, entry, records);
  put_numbers(block, entry, records);
  add_xattrs(entry, records);
  if (!records.empty()) append_pax_header(entry, records, out);
  out += block.finish();
}

void TarWriter::add(const TarEntry& entry, base::Bytes content) {
  if (content.size() != entry.size) refuse(entry, "the content does not have the size it should");
  m_buffer.clear();
  append_tar_header(entry, m_buffer);
  m_out.write(base::as_bytes(m_buffer));
  m_out.write(content);
  m_out.write(base::Bytes(k_tar_end).first(tar_padding(entry.size)));
}

void TarWriter::finish() {
  m_out.write(k_tar_end);
}

}  // namespace pinnace::archive
