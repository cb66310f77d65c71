#include <algorithm>

#include "base/error.hpp"
#include "base/output_file.hpp"
#include "build/containerfile_plan.hpp"
#include "compress/compression.hpp"
#include "definition/definition.hpp"
#include "jobs/access.hpp"
#include "jobs/base_image.hpp"
#include "jobs/makers.hpp"
#include "lock/difference.hpp"

namespace pinnace::jobs {

namespace {

using base::Error;
using base::ErrorCode;
using nlohmann::json;

/// pin: {definitions, check, update, names} -> {locks: [{definition, lock, changed, differences,
/// images}]}. With `update`, what is pinned is resolved again: all, or `names` only. With `check`
/// nothing is written.
class PinJob final : public Job {
 public:
  PinJob(RequestReader& request, std::shared_ptr<const config::CredentialStore> credentials);
  std::string run(const base::Context& context) override;

 private:
  struct Pinned {
    std::filesystem::path file;
    std::optional<lock::Lock> old;
    lock::Lock now;
    std::string definition;
  };
  Pinned pin(const base::Context& context, Access& access, const std::string& file) const;
  bool must_resolve(const std::string& name, const lock::Lock* old) const;
  void check_names(const std::vector<Pinned>& all) const;

  std::vector<std::string> m_definitions;
  bool m_check;
  bool m_update;
  std::vector<std::string> m_names;
  Access::Options m_access;
  std::shared_ptr<const config::CredentialStore> m_credentials;
};

PinJob::PinJob(RequestReader& request, std::shared_ptr<const config::CredentialStore> credentials)
    : m_definitions(request.texts("definitions")),
      m_check(request.flag("check")),
      m_update(request.flag("update")),
      m_names(request.texts("names")),
      m_access{request.text("store"), request.optional_text("registries"), std::nullopt},
      m_credentials(std::move(credentials)) {}

bool PinJob::must_resolve(const std::string& name, const lock::Lock* old) const {
  if (old == nullptr || old->find(name) == nullptr) return true;
  if (!m_update) return false;
  return m_names.empty() || std::find(m_names.begin(), m_names.end(), name) != m_names.end();
}

/// What a definition has from outside, and how its layers will be compressed.
struct Inputs {
  std::string compression = "gzip";
  std::vector<build::NamedImage> images;
};

Inputs inputs_of(const std::string& file) {
  if (definition::containerfile::is_containerfile(file)) {
    const auto parsed = definition::containerfile::load_containerfile(file);
    return {"gzip", build::images_of(parsed, {}, oci::Platform::parse("linux/amd64"))};
  }
  const definition::Definition definition = definition::load_definition(file);
  Inputs inputs{definition.compression.value_or("gzip"), {}};
  if (!definition.from_scratch())
    inputs.images.push_back({definition.base, definition.base_position});
  return inputs;
}

PinJob::Pinned PinJob::pin(const base::Context& context, Access& access,
                           const std::string& file) const {
  const Inputs inputs = inputs_of(file);
  Pinned pinned{default_lock_file(file), {}, {}, file};
  pinned.old = load_lock_if_present(pinned.file);
  pinned.now.encoder = compress::Compression::parse(inputs.compression).encoder();
  for (const build::NamedImage& input : inputs.images) {
    if (!must_resolve(input.name, pinned.old ? &*pinned.old : nullptr)) {
      pinned.now.images.push_back(*pinned.old->find(input.name));
      continue;
    }
    pinned.now.images.push_back(for_base(input.position, input.name, [&] {
      return resolve_image(context, access, input.name, parse_base_name(input.name, file));
    }));
  }
  // As the lock has them: comparing with an old one looks at the order, too.
  std::sort(pinned.now.images.begin(), pinned.now.images.end(),
            [](const lock::LockedImage& a, const lock::LockedImage& b) { return a.name < b.name; });
  return pinned;
}

void PinJob::check_names(const std::vector<Pinned>& all) const {
  for (const std::string& name : m_names) {
    const auto has = [&](const Pinned& one) { return one.now.find(name) != nullptr; };
    if (std::any_of(all.begin(), all.end(), has)) continue;
    throw Error(ErrorCode::invalid_input,
                "--update " + name + ": no definition has an input of that name");
  }
}

json describe(const lock::Lock& lock) {
  json images = json::array();
  for (const lock::LockedImage& image : lock.images) {
    images.push_back({{"name", image.name}, {"digest", image.digest.str()}});
  }
  return images;
}

std::string PinJob::run(const base::Context& context) {
  Access access(context, m_access, m_credentials);
  std::vector<Pinned> all;
  for (const std::string& file : m_definitions) all.push_back(pin(context, access, file));
  check_names(all);
  json locks = json::array();
  for (const Pinned& one : all) {
    const bool changed = !one.old || *one.old != one.now;
    if (changed && !m_check) base::write_output_file(one.file, lock::to_json(one.now));
    locks.push_back({{"definition", one.definition},
                     {"lock", one.file.string()},
                     {"changed", changed},
                     {"differences", lock::compare(one.old.value_or(lock::Lock{}), one.now).text()},
                     {"images", describe(one.now)}});
  }
  return json{{"locks", std::move(locks)}}.dump();
}

}  // namespace

std::unique_ptr<Job> make_pin(RequestReader& request,
                              std::shared_ptr<const config::CredentialStore> credentials) {
  return std::make_unique<PinJob>(request, std::move(credentials));
}

}  // namespace pinnace::jobs
