#include <algorithm>

#include "base/error.hpp"
#include "base/file.hpp"
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

PinJob::Pinned PinJob::pin(const base::Context& context, Access& access,
                           const std::string& file) const {
  const definition::Definition definition = definition::load_definition(file);
  Pinned pinned{default_lock_file(definition.file), {}, {}, file};
  pinned.old = load_lock_if_present(pinned.file);
  pinned.now.encoder =
      compress::Compression::parse(definition.compression.value_or("gzip")).encoder();
  const std::string& base = definition.base;
  if (definition.from_scratch()) return pinned;
  if (must_resolve(base, pinned.old ? &*pinned.old : nullptr)) {
    pinned.now.images.push_back(base::with_context(
        [&] { return definition.base_position.str() + ": base " + base; },
        [&] {
          return resolve_image(context, access, base, parse_base_name(base, definition.file));
        }));
  } else {
    pinned.now.images.push_back(*pinned.old->find(base));
  }
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
  Access access(m_access, m_credentials);
  std::vector<Pinned> all;
  for (const std::string& file : m_definitions) all.push_back(pin(context, access, file));
  check_names(all);
  json locks = json::array();
  for (const Pinned& one : all) {
    const bool changed = !one.old || *one.old != one.now;
    if (changed && !m_check) base::write_file_atomically(one.file, lock::to_json(one.now));
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
