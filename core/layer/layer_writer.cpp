#include "layer/layer_writer.hpp"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <map>
#include <utility>

#include "archive/tar_writer.hpp"
#include "base/error.hpp"
#include "hash/hasher.hpp"
#include "layer/file_attributes.hpp"
#include "oci/media_type.hpp"

namespace pinnace::layer {

using archive::EntryType;
using archive::TarEntry;
using base::Error;
using base::ErrorCode;

namespace {

/// From this size on a file always announces a boundary before itself.
constexpr std::uint64_t k_large_file = 512 * 1024;
/// One path in so many announces a boundary before itself.
constexpr std::uint64_t k_boundary_paths = 8;

/// FNV-1a, 64 bits: a fixed, machine-independent choice of paths.
std::uint64_t path_hash(std::string_view path) noexcept {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : path) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return hash;
}

/// Where a chunk should end, so that a changed file changes few chunks: a function of what follows
/// only (docs/formats/layer-encoding.md).
bool is_boundary(const TarEntry& entry) noexcept {
  return entry.size >= k_large_file || path_hash(entry.path) % k_boundary_paths == 0;
}

/// One run through a tree into a compressor.
class TreeWriter {
 public:
  TreeWriter(const base::Context& context, compress::Compressor& out, std::uint64_t total,
             ChangeWatch* watch)
      : m_context(context), m_out(out), m_total(total), m_watch(watch) {}

  void add(const tree::TreeEntry& entry);
  void finish();
  std::uint64_t tar_size() const noexcept { return m_tar_size; }

 private:
  void write(base::Bytes bytes);
  void write_header(const TarEntry& entry);
  void add_file(const tree::TreeEntry& entry);
  void add_content(const tree::TreeEntry& entry, TarEntry& header);
  void write_content(const tree::TreeEntry& entry, const files::UniqueFd& fd);
  /// The first path with the same inode and header, if this one becomes a hard link of it.
  const std::string* find_link(const tree::TreeEntry& entry);
  void report();

  static constexpr std::uint64_t k_report_step = 4 * 1024 * 1024;
  const base::Context& m_context;
  compress::Compressor& m_out;
  std::uint64_t m_total;
  ChangeWatch* m_watch;
  std::uint64_t m_tar_size = 0;
  std::uint64_t m_content_done = 0;
  std::uint64_t m_reported = 0;
  std::string m_header;
  std::map<std::pair<std::uint64_t, std::uint64_t>, const TarEntry*> m_links;
};

void TreeWriter::write(base::Bytes bytes) {
  m_out.write(bytes);
  m_tar_size += bytes.size();
}

void TreeWriter::write_header(const TarEntry& entry) {
  if (is_boundary(entry)) m_out.boundary();
  m_header.clear();
  archive::append_tar_header(entry, m_header);
  write(base::as_bytes(m_header));
}

void TreeWriter::add(const tree::TreeEntry& entry) {
  m_context.check();
  if (entry.header.type == EntryType::file) {
    add_file(entry);
  } else {
    write_header(entry.header);
  }
}

const std::string* TreeWriter::find_link(const tree::TreeEntry& entry) {
  if (!entry.content.inode) return nullptr;
  const auto [place, first] = m_links.try_emplace(*entry.content.inode, &entry.header);
  const TarEntry& target = *place->second;
  const bool alike = target.mode == entry.header.mode && target.uid == entry.header.uid &&
                     target.gid == entry.header.gid;
  return !first && alike ? &target.path : nullptr;
}

void TreeWriter::add_file(const tree::TreeEntry& entry) {
  TarEntry header = entry.header;
  if (const std::string* target = find_link(entry)) {
    header.type = EntryType::hardlink;
    header.link_target = *target;
    header.size = 0;
    write_header(header);
    return;
  }
  const tree::FileContent& content = entry.content;
  base::with_context([&] { return "taking " + (content.root->path() / content.path).string(); },
                     [&] { add_content(entry, header); });
}

void TreeWriter::add_content(const tree::TreeEntry& entry, TarEntry& header) {
  const tree::FileContent& content = entry.content;
  const files::UniqueFd fd = content.root->open(content.path, files::Directory::Links::follow);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) base::throw_errno(errno, "stat");
  const bool same_size = static_cast<std::uint64_t>(status.st_size) == header.size;
  const bool same_file = !content.stamp.known() || content.stamp == tree::FileStamp::of(status);
  if (!S_ISREG(status.st_mode) || !same_size || !same_file) {
    throw Error(ErrorCode::invalid_input, "the file changed while the image was built");
  }
  if (m_watch != nullptr) m_watch->look(content.stamp, fd);
  if (!content.has_header_xattrs) header.xattrs = read_xattrs(fd.get(), content.path);
  write_header(header);
  write_content(entry, fd);
}

void TreeWriter::write_content(const tree::TreeEntry& entry, const files::UniqueFd& fd) {
  std::uint64_t left = entry.header.size;
  while (left != 0) {
    m_context.check();
    std::span<std::byte> space = m_out.prepare();
    if (space.size() > left) space = space.first(static_cast<std::size_t>(left));
    const std::size_t size = files::read_some(fd, space, entry.content.path);
    if (size == 0) {
      throw Error(ErrorCode::invalid_input, "the file became shorter while the image was built");
    }
    m_out.commit(size);
    left -= size;
    m_content_done += size;
    report();
  }
  m_tar_size += entry.header.size;
  static constexpr std::array<std::byte, archive::k_tar_block> k_zeros{};
  write(base::Bytes(k_zeros).first(archive::tar_padding(entry.header.size)));
}

void TreeWriter::report() {
  if (m_content_done - m_reported < k_report_step) return;
  m_reported = m_content_done;
  m_context.progress("layer", m_content_done, m_total);
}

void TreeWriter::finish() {
  write(archive::k_tar_end);
  m_out.finish();
  m_context.progress("layer", m_content_done, m_total);
}

std::string_view layer_media_type(compress::Format format) {
  switch (format) {
    case compress::Format::none:
      return oci::media_type::k_layer;
    case compress::Format::gzip:
      return oci::media_type::k_layer_gzip;
    case compress::Format::zstd:
      return oci::media_type::k_layer_zstd;
  }
  return oci::media_type::k_layer;
}

}  // namespace

LayerResult write_layer(const base::Context& context, const tree::FileTree& tree,
                        const LayerOptions& options, base::Sink& out) {
  // What is not compressed has one digest only.
  const bool plain = options.compression.format == compress::Format::none;
  hash::Hasher diff_id;
  hash::Hasher digest;
  base::TeeSink hashed_out(digest, out);
  const auto compressor = compress::make_compressor(
      options.compression, options.threads, hashed_out, plain ? nullptr : &diff_id, options.chunks);
  TreeWriter writer(context, *compressor, tree.content_size(), options.watch);
  for (const tree::TreeEntry& entry : tree.entries()) writer.add(entry);
  writer.finish();
  const std::uint64_t size = digest.size();
  const hash::Digest whole = digest.finish();
  return {{std::string(layer_media_type(options.compression.format)),
           whole,
           size,
           {},
           {},
           {},
           nlohmann::json::object()},
          plain ? whole : diff_id.finish(),
          writer.tar_size()};
}

}  // namespace pinnace::layer
