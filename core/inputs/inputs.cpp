#include "inputs/inputs.hpp"

#include "base/error.hpp"
#include "files/look.hpp"

namespace pinnace::inputs {

using base::Error;
using base::ErrorCode;

Inputs::Inputs(const base::Context& context, places::Access& access, Wishes wishes)
    : m_context(context), m_access(access), m_wishes(std::move(wishes)) {
  if (!m_wishes.lock) files::refuse_link_out(lock_file());
  m_lock = load_lock_if_present(lock_file());
  if (!m_lock && m_wishes.lock)
    throw Error(ErrorCode::not_found,
                "the lock " + m_wishes.lock->string() + " is not there; pinnace pin writes " +
                    std::string(definition::k_lock_file_name) + " beside the definition");
}

std::filesystem::path Inputs::lock_file() const {
  return m_wishes.lock.value_or(default_lock_file(m_wishes.definition));
}

void Inputs::check_encoder(const compress::Compression& compression) const {
  if (!m_lock || m_lock->encoder == compression.encoder()) return;
  throw Error(ErrorCode::unsupported, lock_file().string() + " wants layers by the encoder " +
                                          m_lock->encoder + ", this build would use " +
                                          compression.encoder() +
                                          " and give another digest; run pinnace pin to accept it");
}

const definition::LockedImage& Inputs::find(const definition::NamedImage& image) {
  const auto known = m_images.find(image.text);
  if (known != m_images.end()) return known->second;
  return m_images.emplace(image.text, look_up(image)).first->second;
}

definition::LockedImage Inputs::look_up(const definition::NamedImage& image) {
  const oci::ImageName location = from_here(image, m_wishes.definition);
  if (const auto* locked = m_lock ? m_lock->find(image.text) : nullptr) {
    for_base(image, [&] { check_locked(m_context, m_access, *locked, location); });
    return *locked;
  }
  if (!has_digest(image.name)) {
    add_unpinned(image.position.str() + ": " + image.text + " is not pinned in " +
                 lock_file().string() + ", run pinnace pin");
  }
  return for_base(image, [&] { return resolve_image(m_context, m_access, image.text, location); });
}

image::ImageInput Inputs::load(const definition::NamedImage& image, const oci::Platform& platform) {
  const definition::LockedImage& locked = find(image);
  return for_base(image, [&] {
    auto found = image_for(locked, platform);
    if (!found) throw Error(ErrorCode::invalid_input, "there is no image for " + platform.str());
    auto store =
        m_access.locate(from_here(image, m_wishes.definition), places::Purpose::read).store;
    image::ImageContents contents = image::read_image(m_context, *store, found->manifest,
                                                      image::ImageCache::at(m_access.local()));
    return image::ImageInput{*std::move(found), std::move(contents), std::move(store)};
  });
}

void Inputs::add_unpinned(std::string problem) {
  if (m_wishes.locked) throw Error(ErrorCode::invalid_input, problem);
  if (m_lock && !m_wishes.silent) m_unpinned.push_back(std::move(problem));
}

void Inputs::warn_of_unpinned() const {
  std::string all;
  for (const std::string& problem : m_unpinned) all += (all.empty() ? "" : "; ") + problem;
  if (!all.empty()) m_context.warn(all);
}

}  // namespace pinnace::inputs
