#include "disk/archive_writer.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "archive/tar_writer.hpp"
#include "base/error.hpp"
#include "disk/docker_archive.hpp"
#include "disk/kept_images.hpp"
#include "files/look.hpp"
#include "store/verified.hpp"
#include "userfile/passing_lock.hpp"

namespace pinnace::disk {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_buffer = 256 * 1024;

/// Where blobs are gathered: beside a file that is to be written, whose directory has to be there.
fs::path directory_of(const userfile::OutputPlace& place) {
  if (place.is_stream) return fs::temp_directory_path();
  return files::Directory("." / place.path.parent_path()).path();
}

/// Adds files of a directory to an archive.
class Packer {
 public:
  Packer(const base::Context& context, const files::Directory& root, base::Sink& out)
      : m_context(context), m_root(root), m_out(out) {}

  void add_file(const std::string& path) {
    const auto status = m_root.status(path);
    if (!status)
      throw base::Error(base::ErrorCode::io, (m_root.path() / path).string() + " is gone");
    files::FileSource source(m_root.open(path, files::Directory::Links::refuse), path);
    add(path, static_cast<std::uint64_t>(status->st_size), source);
  }

  void add_text(const std::string& path, std::string_view text) {
    base::MemorySource source(base::as_bytes(text));
    add(path, text.size(), source);
  }

  /// The blobs of the directory, and those that are kept of an older archive.
  void add_blobs(const std::map<std::string, KeptFile>& kept) {
    std::map<std::string, std::map<std::string, const KeptFile*>> files;  // by directories
    for (const auto& [path, file] : kept) files[path.substr(0, path.rfind('/'))][path] = &file;
    const files::Directory blobs = m_root.open_directory("blobs", files::Directory::Links::refuse);
    for (const std::string& algorithm : blobs.names()) {
      auto& there = files["blobs/" + algorithm];
      for (const std::string& name :
           blobs.open_directory(algorithm, files::Directory::Links::refuse).names()) {
        if (!name.starts_with(files::AtomicFile::k_prefix))
          there["blobs/" + algorithm + "/" + name] = nullptr;
      }
    }
    add_directory("blobs");
    for (const auto& [directory, paths] : files) {
      add_directory(directory);
      for (const auto& [path, file] : paths) {
        if (file == nullptr) {
          add_file(path);
        } else {
          add(path, file->size, *file->open());
        }
      }
    }
  }

 private:
  void add(const std::string& path, std::uint64_t size, base::Source& source) {
    archive::TarEntry entry;
    entry.path = path;
    entry.size = size;
    write_header(entry);
    while (const std::size_t read = source.read(m_buffer)) {
      m_context.check();
      m_out.write(base::Bytes(m_buffer).first(read));
    }
    m_out.write(base::Bytes(archive::k_tar_end).first(archive::tar_padding(size)));
  }

  void add_directory(const std::string& path) {
    archive::TarEntry entry;
    entry.type = archive::EntryType::directory;
    entry.path = path;
    entry.mode = 0755;
    write_header(entry);
  }

  void write_header(const archive::TarEntry& entry) {
    m_header.clear();
    archive::append_tar_header(entry, m_header);
    m_out.write(base::as_bytes(m_header));
  }

  const base::Context& m_context;
  const files::Directory& m_root;
  base::Sink& m_out;
  std::string m_header;
  std::vector<std::byte> m_buffer = std::vector<std::byte>(k_buffer);
};

}  // namespace

ArchiveWriter::ArchiveWriter(fs::path file, oci::ArchiveFormat format)
    : m_format(format),
      m_file(std::move(file)),
      m_place(userfile::output_place(m_file)),
      m_directory(directory_of(m_place)),
      m_layout(m_directory.path(), OciLayout::Missing::create) {}

std::optional<ArchiveWriter::Version> ArchiveWriter::version() const {
  const auto status = m_place.is_stream ? std::nullopt : files::status(m_place.path);
  if (!status || status->st_size == 0) return std::nullopt;
  return Version{status->st_dev, status->st_ino, status->st_size, status->st_mtim.tv_sec,
                 status->st_mtim.tv_nsec};
}

void ArchiveWriter::pack(const base::Context& context) {
  const std::lock_guard guard(m_packing);
  if (m_place.is_stream && std::exchange(m_streamed, true))
    throw base::Error(base::ErrorCode::invalid_input,
                      where() + " is no file that can be replaced, expected one tag for it");
  for (bool replaced = false; !replaced;) {
    const auto there = old(context);
    userfile::OutputFile out(context, m_place);
    pack_into(context, out, there.get());
    replaced = replace(context, out);
  }
}

void ArchiveWriter::pack_into(const base::Context& context, base::Sink& out, ArchiveReader* there) {
  const files::Directory root(m_directory.path());
  KeptImages all{m_layout.directory().read_index(), {}};
  if (there != nullptr)
    all = base::with_context(
        [&] { return "keeping the images of " + there->where() + ", which is there"; },
        [&] { return keep_images(context, *there, m_layout.directory(), m_format); });
  const auto find = [&](const hash::Digest& digest) {
    auto found = m_layout.find_manifest(context, digest.str());
    if (!found && there != nullptr) found = there->find_manifest(context, digest.str());
    return found ? *std::move(found) : store::get_manifest(m_layout, context, digest.str());
  };
  const std::string images =
      m_format == oci::ArchiveFormat::docker ? docker_manifest_text(all.index, find) : "";
  Packer packer(context, root, out);
  packer.add_blobs(all.files);
  if (m_format == oci::ArchiveFormat::docker) {
    packer.add_text("index.json", docker_index_text(all.index));
    packer.add_text(k_docker_manifest_file, images);
  } else {
    packer.add_text("index.json", all.index.text());
  }
  packer.add_file("oci-layout");
  out.write(archive::k_tar_end);
}

bool ArchiveWriter::replace(const base::Context& context, userfile::OutputFile& out) {
  if (m_place.is_stream) {
    out.commit();
    return true;
  }
  const userfile::PassingLock lock(context, directory_of(m_place));
  const std::lock_guard guard(m_opening);
  if (version() != m_version) {
    m_opened = false;
    return false;
  }
  out.commit();
  m_version = version();
  return true;
}

/// The archive that is to be replaced, as it was when it was first asked for. An empty file is
/// none.
std::shared_ptr<ArchiveReader> ArchiveWriter::old(const base::Context& context) {
  const std::lock_guard guard(m_opening);
  if (m_opened) return m_old;
  m_version = version();
  m_old = m_version ? open_old(context) : nullptr;
  m_opened = true;
  return m_old;
}

std::shared_ptr<ArchiveReader> ArchiveWriter::open_old(const base::Context& context) const {
  try {
    return std::make_shared<ArchiveReader>(context, m_place.path, m_format);
  } catch (const base::Error& error) {
    using base::ErrorCode;
    if (error.code() == ErrorCode::cancelled || error.code() == ErrorCode::io) throw;
    throw base::Error(ErrorCode::invalid_input,
                      where() + " is there, and what it has can't be kept: " + error.what() +
                          "; remove that file, or name another one");
  }
}

void ArchiveWriter::put_manifest(const base::Context& context, const oci::RawManifest& manifest,
                                 std::string_view tag) {
  const bool is_attached = tag.empty() && store::subject_of(manifest);
  if (is_attached && m_format == oci::ArchiveFormat::docker)
    throw base::Error(base::ErrorCode::unsupported,
                      where() + " can't hold what is attached to an image, expected " +
                          oci::prefix_of(oci::ArchiveFormat::oci) + "FILE or another place");
  m_layout.put_manifest(context, manifest, tag);
  if (!tag.empty() || is_attached) pack(context);
}

void ArchiveWriter::put_child(const base::Context& context, const oci::RawManifest& manifest) {
  m_layout.put_child(context, manifest);
}

void ArchiveWriter::put_manifests(const base::Context& context,
                                  const std::vector<oci::RawManifest>& manifests) {
  m_layout.put_manifests(context, manifests);
}

bool ArchiveWriter::has_blob(const base::Context& context, const oci::Descriptor& blob) {
  return m_layout.has_blob(context, blob);
}

std::unique_ptr<base::Source> ArchiveWriter::open_blob(const base::Context& context,
                                                       const oci::Descriptor& blob) {
  return m_layout.open_blob(context, blob);
}

store::PutOutcome ArchiveWriter::put_blob(const base::Context& context, const oci::Descriptor& blob,
                                          const base::OpenSource& open,
                                          const store::BlobStore* from) {
  return m_layout.put_blob(context, blob, open, from);
}

std::unique_ptr<store::BlobWriter> ArchiveWriter::create_blob(const base::Context& context) {
  return m_layout.create_blob(context);
}

std::optional<oci::RawManifest> ArchiveWriter::find_manifest(const base::Context& context,
                                                             std::string_view tag_or_digest) {
  return m_layout.find_manifest(context, tag_or_digest);
}

/// A tag may be one of the archive that is there; what it leads to is in this one only when put.
std::optional<oci::Descriptor> ArchiveWriter::resolve(const base::Context& context,
                                                      std::string_view tag_or_digest) {
  if (auto found = m_layout.resolve(context, tag_or_digest)) return found;
  if (digest_named(tag_or_digest)) return std::nullopt;
  const auto there = old(context);
  return there ? there->resolve(context, tag_or_digest) : std::nullopt;
}

std::vector<std::string> ArchiveWriter::tags(const base::Context& context) {
  std::vector<std::string> all = m_layout.tags(context);
  if (const auto there = old(context)) {
    const auto more = there->tags(context);
    all.insert(all.end(), more.begin(), more.end());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::vector<oci::Descriptor> ArchiveWriter::referrers(const base::Context& context,
                                                      const hash::Digest& subject) {
  return m_layout.referrers(context, subject);
}

}  // namespace pinnace::disk
