#include "store/archive_writer.hpp"

#include <utility>

#include "archive/tar_writer.hpp"
#include "store/docker_archive.hpp"

namespace pinnace::store {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_buffer = 256 * 1024;

/// Where blobs are gathered: beside a file that is to be written, whose directory has to be there.
fs::path directory_of(const base::OutputPlace& place) {
  if (place.is_stream) return fs::temp_directory_path();
  return base::Directory("." / place.path.parent_path()).path();
}

/// Adds files of a directory to an archive.
class Packer {
 public:
  Packer(const base::Context& context, const base::Directory& root, base::Sink& out)
      : m_context(context), m_root(root), m_out(out) {}

  void add_file(const std::string& path) {
    const auto status = m_root.status(path);
    if (!status)
      throw base::Error(base::ErrorCode::io, (m_root.path() / path).string() + " is gone");
    archive::TarEntry entry;
    entry.path = path;
    entry.size = static_cast<std::uint64_t>(status->st_size);
    write_header(entry);
    base::FileSource source(m_root.open(path, base::Directory::Links::refuse), path);
    while (const std::size_t size = source.read(m_buffer)) {
      m_context.check();
      m_out.write(base::Bytes(m_buffer).first(size));
    }
    m_out.write(base::Bytes(archive::k_tar_end).first(archive::tar_padding(entry.size)));
  }

  void add_text(const std::string& path, std::string_view text) {
    archive::TarEntry entry;
    entry.path = path;
    entry.size = text.size();
    write_header(entry);
    m_out.write(base::as_bytes(text));
    m_out.write(base::Bytes(archive::k_tar_end).first(archive::tar_padding(entry.size)));
  }

  void add_directory(const std::string& path) {
    archive::TarEntry entry;
    entry.type = archive::EntryType::directory;
    entry.path = path;
    entry.mode = 0755;
    write_header(entry);
    for (const std::string& name :
         m_root.open_directory(path, base::Directory::Links::refuse).names()) {
      const std::string below = path + "/" + name;
      const auto status = m_root.status(below);
      if (status && S_ISDIR(status->st_mode)) {
        add_directory(below);
      } else if (!name.starts_with(base::AtomicFile::k_prefix)) {
        add_file(below);
      }
    }
  }

 private:
  void write_header(const archive::TarEntry& entry) {
    m_header.clear();
    archive::append_tar_header(entry, m_header);
    m_out.write(base::as_bytes(m_header));
  }

  const base::Context& m_context;
  const base::Directory& m_root;
  base::Sink& m_out;
  std::string m_header;
  std::vector<std::byte> m_buffer = std::vector<std::byte>(k_buffer);
};

}  // namespace

ArchiveWriter::ArchiveWriter(fs::path file, oci::ArchiveFormat format)
    : m_format(format),
      m_file(std::move(file)),
      m_place(base::output_place(m_file)),
      m_directory(directory_of(m_place)),
      m_layout(m_directory.path(), OciLayout::Missing::create) {}

void ArchiveWriter::pack(const base::Context& context) {
  const std::lock_guard guard(m_packing);
  if (m_place.is_stream && std::exchange(m_streamed, true))
    throw base::Error(base::ErrorCode::invalid_input,
                      where() + " is no file that can be replaced, expected one tag for it");
  const base::Directory root(m_directory.path());
  const LayoutIndex index = m_layout.read_index();
  const auto find = [&](const hash::Digest& digest) {
    return get_manifest(m_layout, context, digest.str());
  };
  const std::string images =
      m_format == oci::ArchiveFormat::docker ? docker_manifest_text(index, find) : "";
  base::OutputFile out(m_place);
  Packer packer(context, root, out);
  packer.add_directory("blobs");
  if (m_format == oci::ArchiveFormat::docker) {
    packer.add_text("index.json", docker_index_text(index));
    packer.add_text(k_docker_manifest_file, images);
  } else {
    packer.add_file("index.json");
  }
  packer.add_file("oci-layout");
  out.write(archive::k_tar_end);
  out.commit();
}

void ArchiveWriter::put_manifest(const base::Context& context, const oci::RawManifest& manifest,
                                 std::string_view tag) {
  m_layout.put_manifest(context, manifest, tag);
  if (!tag.empty()) pack(context);
}

bool ArchiveWriter::has_blob(const base::Context& context, const oci::Descriptor& blob) {
  return m_layout.has_blob(context, blob);
}

std::unique_ptr<base::Source> ArchiveWriter::open_blob(const base::Context& context,
                                                       const oci::Descriptor& blob) {
  return m_layout.open_blob(context, blob);
}

PutOutcome ArchiveWriter::put_blob(const base::Context& context, const oci::Descriptor& blob,
                                   const base::OpenSource& open, const BlobStore* from) {
  return m_layout.put_blob(context, blob, open, from);
}

std::unique_ptr<BlobWriter> ArchiveWriter::create_blob(const base::Context& context) {
  return m_layout.create_blob(context);
}

std::optional<oci::RawManifest> ArchiveWriter::find_manifest(const base::Context& context,
                                                             std::string_view tag_or_digest) {
  return m_layout.find_manifest(context, tag_or_digest);
}

std::optional<oci::Descriptor> ArchiveWriter::resolve(const base::Context& context,
                                                      std::string_view tag_or_digest) {
  return m_layout.resolve(context, tag_or_digest);
}

std::vector<std::string> ArchiveWriter::tags(const base::Context& context) {
  return m_layout.tags(context);
}

std::vector<oci::Descriptor> ArchiveWriter::referrers(const base::Context& context,
                                                      const hash::Digest& subject) {
  return m_layout.referrers(context, subject);
}

}  // namespace pinnace::store
