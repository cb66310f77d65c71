#include "places/access.hpp"

#include <set>

#include "base/error.hpp"
#include "config/reach.hpp"
#include "config/registries.hpp"
#include "disk/archive_reader.hpp"
#include "disk/archive_writer.hpp"
#include "disk/docker_archive.hpp"
#include "disk/oci_layout.hpp"
#include "files/look.hpp"
#include "store/memory_store.hpp"

namespace pinnace::places {

using base::Error;
using base::ErrorCode;

std::string Located::tag_or_digest() const {
  if (digest) return digest->str();
  if (const auto only = only_image && !tag ? only_image() : std::nullopt) return only->str();
  return tag.value_or("latest");
}

namespace {

std::shared_ptr<const config::Registries> load_registries(
    const std::optional<std::filesystem::path>& file) {
  return std::make_shared<const config::Registries>(file ? config::Registries::load(*file)
                                                         : config::Registries::load_default());
}

}  // namespace

Access::Access(base::Context context, Options options,
               std::shared_ptr<const config::CredentialStore> credentials)
    : m_context(std::move(context)),
      m_options(std::move(options)),
      m_registries(load_registries(m_options.registries)),
      m_connections(m_registries, std::move(credentials)) {}

http::Reach Access::remote_reach(Loopback loopback) const {
  http::Reach reach;
  reach.http.refuses_link_services = true;
  config::apply(m_registries, reach.http, reach.retry.policy);
  if (loopback == Loopback::named) config::refuse_loopback(m_registries, reach.http);
  return reach;
}

const EnvironmentPlaces& Access::environments() {
  if (m_environments) return *m_environments;
  if (!m_options.environments && !m_obeyed.empty()) return m_obeyed.front();
  if (!m_options.environments) {
    throw Error(ErrorCode::invalid_input,
                "env: names need an environments.yaml: in the current directory, or named by "
                "--environments FILE");
  }
  m_environments.emplace(config::Environments::load(*m_options.environments), m_registries);
  return *m_environments;
}

void Access::obey(const std::filesystem::path& environments) {
  m_obeyed.emplace_back(config::Environments::load(environments), m_registries);
}

local::LocalStore Access::local() const {
  local::LocalStore store = m_options.local();
  store.claim();
  return store;
}

std::shared_ptr<store::BlobStore> Access::local_images() {
  return std::make_shared<disk::OciLayout>(local().at(local::Part::images),
                                           disk::OciLayout::Missing::create,
                                           disk::OciLayout::Uses::noted);
}

namespace {

bool writes(Purpose purpose) {
  return purpose == Purpose::write || purpose == Purpose::promote;
}

/// The same for all spellings of a file's name.
std::filesystem::path one_name(const std::filesystem::path& file) {
  const auto directory = "." / file.parent_path();
  if (!files::is_directory(directory)) return file;  // is told by whoever writes there
  return std::filesystem::canonical(directory) / file.filename();
}

}  // namespace

/// An archive that is written gets a tag, as that is what completes it. In docker's, tags are whole
/// names.
Located Access::locate_archive(const ArchiveName& name, Purpose purpose) {
  auto tag = name.tag;
  if (tag && name.format == oci::ArchiveFormat::docker) tag = disk::whole_name(*tag);
  if (writes(purpose)) {
    auto& writer = m_archives[{one_name(name.file), name.format}];
    if (!writer) writer = std::make_shared<disk::ArchiveWriter>(name.file, name.format);
    return {writer, tag.value_or("latest"), name.digest};
  }
  auto reader = std::make_shared<disk::ArchiveReader>(m_context, name.file, name.format);
  return {reader, tag, name.digest, [reader] { return reader->default_image(); },
          reader->makes_manifests()};
}

Located Access::locate_layout(const LayoutName& name, Purpose purpose) {
  using disk::OciLayout;
  const auto missing = writes(purpose) ? OciLayout::Missing::create : OciLayout::Missing::refuse;
  auto layout = std::make_shared<OciLayout>(name.directory, missing);
  if (writes(purpose)) return {std::move(layout), name.tag, name.digest};
  return {layout, name.tag, name.digest, [layout] { return layout->default_image(); }};
}

/// The local store for reading; nullptr if it has no images yet.
std::shared_ptr<disk::OciLayout> Access::stored_images() const {
  const auto directory = m_options.local().at(local::Part::images);
  if (!files::exists(directory)) return nullptr;
  return std::make_shared<disk::OciLayout>(directory, disk::OciLayout::Missing::refuse,
                                           disk::OciLayout::Uses::noted);
}

Located Access::locate_stored(const StoredName& name, Purpose purpose) {
  if (writes(purpose)) {
    throw Error(
        ErrorCode::invalid_input,
        name.digest + " is a digest, which only the image itself can tell; expected a name");
  }
  const std::string what =
      "image " + name.digest + " in the local store " + m_options.store.string();
  const auto images = stored_images();
  std::set<hash::Digest> found;
  if (images) {
    for (const oci::Descriptor& entry : images->directory().read_index().entries()) {
      if (entry.digest.str().starts_with(name.digest)) found.insert(entry.digest);
    }
  }
  // One that only an index lists is found by its whole digest.
  const bool is_whole = name.digest.size() == hash::Digest::of("").str().size();
  if (images && is_whole && images->resolve(m_context, name.digest))
    found.insert(hash::Digest::parse(name.digest));
  if (found.empty()) {
    throw Error(ErrorCode::not_found,
                "no " + what +
                    ", where builds without -t put theirs; a name is missing before it "
                    "(NAME@sha256:...) if it is in a registry");
  }
  if (found.size() > 1) {
    throw Error(ErrorCode::invalid_input,
                "there are several of " + what + ", expected more digits");
  }
  return {images, std::nullopt, *found.begin()};
}

Located Access::locate_reference(const oci::Reference& name, Purpose purpose) {
  // Who builds without -t knows the digest alone; any name may stand before it.
  if (!writes(purpose) && name.digest() && name.domain() == "docker.io") {
    const auto images = stored_images();
    if (images && images->resolve(m_context, name.digest()->str()))
      return {images, name.tag(), name.digest()};
  }
  std::shared_ptr<store::BlobStore> repository =
      purpose == Purpose::read ? m_connections.readable(name) : m_connections.repository(name);
  return {std::move(repository), name.tag(), name.digest()};
}

/// What an environment holds is below its repository, where its rules apply, and nowhere else.
Located Access::locate_held(const EnvironmentName& name, Purpose purpose) {
  const ImageName target = environments().target_of(name);
  Located located;
  if (const auto* layout = std::get_if<LayoutName>(&target)) {
    located = locate_layout(*layout, purpose);
    located.only_image = nullptr;  // as in a registry: "latest" where no tag is said
  } else {
    // What a tag means there the registry knows, and not a copy of it.
    const bool asks_registry = purpose == Purpose::read && !name.digest;
    located = locate_reference(std::get<oci::Reference>(target),
                               asks_registry ? Purpose::prove : purpose);
  }
  located.tag = name.tag;
  located.digest = name.digest;
  return located;
}

Located Access::locate_inside(const EnvironmentName& name, Purpose purpose) {
  const ImageName target = environments().target_of(name);
  const auto* layout = std::get_if<LayoutName>(&target);
  if (!writes(purpose) && layout != nullptr && !files::exists(layout->directory))
    return {std::make_shared<store::MemoryStore>(), {}, {}};
  environments().check_inside(name);
  return locate_held(name, purpose);
}

/// Whichever name it is written by. Environments that are not known bind nobody.
void Access::check_write(const ImageName& name) {
  if (!m_options.environments && std::holds_alternative<EnvironmentName>(name)) {
    throw Error(ErrorCode::invalid_input,
                "\"" + to_string(name) +
                    "\" can't be written: without an environments.yaml its rules are not known; "
                    "write to a registry or an oci: directory, and promote from there");
  }
  if (m_options.environments) environments().check_unruled(name);
  for (const EnvironmentPlaces& places : m_obeyed) places.check_unruled(name);
}

void Access::check_written_file(const std::filesystem::path& file) {
  if (m_options.environments) environments().check_unruled_file(file);
  for (const EnvironmentPlaces& places : m_obeyed) places.check_unruled_file(file);
}

Located Access::locate(const ImageName& name, Purpose purpose) {
  if (purpose == Purpose::write) check_write(name);
  if (const auto* layout = std::get_if<LayoutName>(&name)) return locate_layout(*layout, purpose);
  if (const auto* stored = std::get_if<StoredName>(&name)) return locate_stored(*stored, purpose);
  if (const auto* archive = std::get_if<ArchiveName>(&name)) {
    return locate_archive(*archive, purpose);
  }
  if (const auto* held = std::get_if<EnvironmentName>(&name)) return locate_held(*held, purpose);
  return locate_reference(std::get<oci::Reference>(name), purpose);
}

}  // namespace pinnace::places
