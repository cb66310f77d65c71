#include "layer/unpack.hpp"

#include <array>
#include <set>
#include <string_view>

#include "archive/path.hpp"
#include "archive/tar_header.hpp"
#include "archive/tar_reader.hpp"
#include "archive/tar_writer.hpp"
#include "base/error.hpp"
#include "compress/compression.hpp"
#include "layer/whiteout.hpp"

namespace pinnace::layer {

using archive::EntryType;
using base::Error;
using base::ErrorCode;

namespace {

/// Compressions that archives come in and that nothing here can undo.
struct OtherCompression {
  std::string_view magic;
  const char* name;
};
constexpr std::array<OtherCompression, 5> k_others = {{{"LZIP", "lzip"},
                                                       {"\x04\x22\x4d\x18", "lz4"},
                                                       {"\x89LZO", "lzop"},
                                                       {"\x1f\x9d", "compress"},
                                                       {{"\x5d\0\0", 3}, "lzma"}}};

/// A file that is not named as an archive may be compressed by anything: it stays as it is.
void check_compression(std::string_view start, const std::string& what) {
  if (what.find(".tar.") == std::string::npos && what.find(".tlz") == std::string::npos) return;
  for (const OtherCompression& other : k_others) {
    if (!start.starts_with(other.magic)) continue;
    throw Error(ErrorCode::unsupported,
                what + " is compressed by " + other.name +
                    ", which ADD does not unpack; use gzip, zstd, xz or bzip2, or "
                    "--unpack=false");
  }
}

/// One archive on its way into a tree.
class Unpacking {
 public:
  Unpacking(FileTree& tree, const base::Context& context, const std::string& to, Spool& spool)
      : m_tree(tree), m_context(context), m_to(to), m_spool(spool) {}

  void add(archive::TarEntry entry, base::Source& content);
  /// At the end: what was left out.
  void report(const std::string& what) const;

 private:
  void count(const archive::TarEntry& entry);
  void add_hardlink(archive::TarEntry entry);
  void check_parents(const std::string& path) const;

  FileTree& m_tree;
  const base::Context& m_context;
  const std::string& m_to;
  Spool& m_spool;
  std::size_t m_names = 0;
  std::set<std::string> m_devices;  ///< paths that are left out
};

/// Directories and links take nothing of the spool, but memory.
void Unpacking::count(const archive::TarEntry& entry) {
  m_names += entry.path.size() + entry.link_target.size();
  for (const auto& [name, value] : entry.xattrs) m_names += name.size() + value.size();
  if (m_tree.entries().size() + m_devices.size() >= m_spool.limits().files)
    throw Error(ErrorCode::invalid_input, "more than " + std::to_string(m_spool.limits().files) +
                                              " files and directories are unpacked");
  if (m_names > m_spool.limits().names)
    throw Error(ErrorCode::invalid_input, "names and attributes of more than " +
                                              std::to_string(m_spool.limits().names) + " bytes");
}

/// A parent that is a link or file of the same archive would lead elsewhere.
void Unpacking::check_parents(const std::string& path) const {
  for (std::string_view parent = parent_path(path); !parent.empty(); parent = parent_path(parent)) {
    const TreeEntry* present = m_tree.find(parent);
    if (present != nullptr && present->header.type != EntryType::directory)
      throw Error(ErrorCode::invalid_input, archive::printable(path) + " would be inside of " +
                                                archive::printable(parent) +
                                                ", which is no directory");
  }
}

/// Another name of a file or link, or of a device that is left out. GNU tar makes one to the same
/// name of a file that it is given twice.
void Unpacking::add_hardlink(archive::TarEntry entry) {
  const std::string to = join_path(m_to, archive::clean_path(entry.link_target));
  if (to == entry.path) return;
  if (m_devices.contains(to)) {
    m_devices.insert(std::move(entry.path));
    return;
  }
  const TreeEntry* target = m_tree.find(to);
  if (target == nullptr || target->header.type == EntryType::directory)
    throw Error(ErrorCode::invalid_input, archive::printable(entry.path) + " is a hard link to " +
                                              archive::printable(entry.link_target) +
                                              ", where the archive has no file");
  TreeEntry copy = *target;
  copy.header.path = std::move(entry.path);
  count(copy.header);  // with the target's attributes
  m_tree.add(std::move(copy));
}

void Unpacking::add(archive::TarEntry entry, base::Source& content) {
  m_context.check();
  count(entry);
  const std::string inside = archive::clean_path(entry.path);
  if (inside.empty()) return;
  entry.path = join_path(m_to, inside);
  check_parents(entry.path);
  if (base_name(entry.path).starts_with(k_whiteout))
    throw Error(ErrorCode::invalid_input, archive::printable(inside) +
                                              ": names that start with .wh. mean deleted files in "
                                              "images");
  m_devices.erase(entry.path);
  switch (entry.type) {
    case EntryType::hardlink:
      return add_hardlink(std::move(entry));
    case EntryType::file: {
      FileContent spooled = m_spool.add(m_context, content);
      m_tree.add({std::move(entry), std::move(spooled)});
      return;
    }
    case EntryType::character_device:
    case EntryType::block_device:
      m_devices.insert(std::move(entry.path));
      return;
    case EntryType::directory:
    case EntryType::symlink:
      m_tree.add({std::move(entry), {}});
      return;
    default:
      throw Error(ErrorCode::invalid_input, archive::printable(inside) + " is a " +
                                                to_string(entry.type) +
                                                "; only files, directories and links are taken");
  }
}

void Unpacking::report(const std::string& what) const {
  if (m_devices.empty()) return;
  const bool several = m_devices.size() > 1;
  m_context.warn(what + ": " + std::to_string(m_devices.size()) +
                 (several ? " devices are" : " device is") + " left out, as /" +
                 archive::printable(*m_devices.begin()) + "; containers have their own");
}

}  // namespace

bool is_archive(const base::Context& context, const OpenFile& open, const std::string& what) {
  std::array<std::byte, 8> start{};
  const std::size_t size = base::read_full(*open(), start);
  check_compression(base::as_text(base::Bytes(start).first(size)), what);
  std::array<std::byte, archive::k_tar_block> block{};
  try {
    const auto plain = compress::make_decompressor(context, open(), what);
    if (base::read_full(*plain, block) != block.size()) return false;
    const std::string_view header = base::as_text(block);
    if (archive::is_zero_block(header)) return false;
    (void)archive::parse_tar_header(header);
    return true;
  } catch (const Error& error) {
    // What can't be read as an archive is copied as the file that it is.
    if (error.code() == ErrorCode::integrity || error.code() == ErrorCode::invalid_input)
      return false;
    throw;
  }
}

void unpack(FileTree& tree, const base::Context& context, base::Source& archive,
            const std::string& what, const std::string& to, Spool& spool) {
  archive::TarReader reader(archive, what, archive::TarReader::Sparse::expand);
  Unpacking unpacking(tree, context, to, spool);
  while (auto entry = reader.next()) {
    base::with_context([&] { return what; },
                       [&] { unpacking.add(*std::move(entry), reader.content()); });
  }
  unpacking.report(what);
}

}  // namespace pinnace::layer
