#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compress/compression.hpp"
#include "inputs/resolve.hpp"

namespace pinnace::inputs {

/// Whose images are looked for, and how.
struct Wishes {
  std::filesystem::path definition;
  std::optional<std::filesystem::path> lock;  ///< none: the one beside the definition, if any
  bool locked = false;                        ///< what the lock does not pin is refused
  bool silent = false;                        ///< what is not pinned was said before
};

/// The images that a definition names, as its lock pins them, else as they are now. What the lock
/// does not pin is an error for a build that wants locked inputs, one warning where there is a
/// lock, and nobody's business where there is none.
class Inputs {
 public:
  /// Throws not_found if the lock that was named is not there.
  Inputs(const base::Context& context, places::Access& access, Wishes wishes);

  /// Throws unsupported if the lock was made for layers of another encoder.
  void check_encoder(const compress::Compression& compression) const;
  /// Seconds since 1970 that the lock has for the image's timestamps, if it has any.
  std::optional<std::int64_t> created() const { return m_lock ? m_lock->created : std::nullopt; }
  /// An image, looked for once.
  const definition::LockedImage& find(const definition::NamedImage& image);
  /// The one that serves a platform.
  image::ImageInput load(const definition::NamedImage& image, const oci::Platform& platform);
  /// Something that is not pinned: names the place and the remedy. Throws invalid_input if it must
  /// not be.
  void add_unpinned(std::string problem);
  /// Says once what was not pinned.
  void warn_of_unpinned() const;

 private:
  std::filesystem::path lock_file() const;
  definition::LockedImage look_up(const definition::NamedImage& image);

  const base::Context& m_context;
  places::Access& m_access;
  Wishes m_wishes;
  std::optional<definition::Lock> m_lock;
  std::map<std::string, definition::LockedImage> m_images;
  std::vector<std::string> m_unpinned;
};

}  // namespace pinnace::inputs
