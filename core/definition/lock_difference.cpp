#include "definition/lock_difference.hpp"

#include <algorithm>
#include <set>

namespace pinnace::definition {

namespace {

using Kind = DifferenceItem::Kind;

std::string seconds(const std::optional<std::int64_t>& created) {
  return created ? std::to_string(*created) : "";
}

std::string list(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t index = 0; index < words.size(); ++index) {
    if (index > 0) text += index + 1 == words.size() ? " and " : ", ";
    text += words[index];
  }
  return text;
}

const LockedManifest* manifest_for(const LockedImage& image, const std::string& platform) {
  const auto found = image.platforms.find(platform);
  return found == image.platforms.end() ? nullptr : &found->second;
}

/// Of both images, sorted.
std::set<std::string> platforms_of(const LockedImage& a, const LockedImage& b) {
  std::set<std::string> names;
  for (const LockedImage* image : {&a, &b}) {
    for (const auto& [name, manifest] : image->platforms) names.insert(name);
  }
  return names;
}

DifferenceItem compare_platform(const std::string& name, const std::string& platform,
                                const LockedManifest* before, const LockedManifest* now) {
  if (before == nullptr) return {Kind::platform_added, name, platform, "", now->digest.str()};
  if (now == nullptr) return {Kind::platform_removed, name, platform, before->digest.str(), ""};
  return {Kind::platform_changed, name, platform, before->digest.str(), now->digest.str()};
}

void compare_images(const LockedImage& before, const LockedImage& now,
                    std::vector<DifferenceItem>& items) {
  DifferenceItem image{Kind::image_changed, now.name, "", before.digest.str(), now.digest.str()};
  std::vector<DifferenceItem> platforms;
  for (const std::string& platform : platforms_of(before, now)) {
    const LockedManifest* old_manifest = manifest_for(before, platform);
    const LockedManifest* new_manifest = manifest_for(now, platform);
    const bool same =
        old_manifest != nullptr && new_manifest != nullptr && *old_manifest == *new_manifest;
    if (same) {
      image.unchanged_platforms.push_back(platform);
    } else {
      platforms.push_back(compare_platform(now.name, platform, old_manifest, new_manifest));
    }
  }
  const bool same_image =
      before.digest == now.digest && before.media_type == now.media_type && before.size == now.size;
  if (!same_image) items.push_back(std::move(image));
  items.insert(items.end(), platforms.begin(), platforms.end());
}

std::string image_text(const DifferenceItem& item) {
  const std::string change = item.name + ": " + item.before + " -> " + item.after;
  if (item.unchanged_platforms.empty()) return change;
  return change + " (the index changed but " + list(item.unchanged_platforms) + " did not)";
}

std::string item_text(const DifferenceItem& item) {
  const std::string platform = item.name + " " + item.platform + ": ";
  switch (item.kind) {
    case Kind::image_added:
      return item.name + ": added, " + item.after;
    case Kind::image_removed:
      return item.name + ": removed, was " + item.before;
    case Kind::image_changed:
      return image_text(item);
    case Kind::platform_added:
      return platform + "added, " + item.after;
    case Kind::platform_removed:
      return platform + "removed, was " + item.before;
    case Kind::platform_changed:
      return platform + item.before + " -> " + item.after;
    case Kind::encoder_changed:
      return "encoder: " + item.before + " -> " + item.after;
    case Kind::created_changed:
      break;
  }
  const auto shown = [](const std::string& time) { return time.empty() ? "none" : time; };
  return "created: " + shown(item.before) + " -> " + shown(item.after);
}

}  // namespace

LockDifference compare_locks(const Lock& before, const Lock& now) {
  LockDifference difference;
  std::vector<DifferenceItem>& items = difference.items;
  std::set<std::string> names;
  for (const Lock* lock : {&before, &now}) {
    for (const LockedImage& image : lock->images) names.insert(image.name);
  }
  for (const std::string& name : names) {
    const LockedImage* old_image = before.find(name);
    const LockedImage* new_image = now.find(name);
    if (old_image == nullptr) {
      items.push_back({Kind::image_added, name, "", "", new_image->digest.str()});
    } else if (new_image == nullptr) {
      items.push_back({Kind::image_removed, name, "", old_image->digest.str(), ""});
    } else {
      compare_images(*old_image, *new_image, items);
    }
  }
  if (before.encoder != now.encoder) {
    items.push_back({Kind::encoder_changed, "", "", before.encoder, now.encoder});
  }
  if (before.created != now.created) {
    items.push_back({Kind::created_changed, "", "", seconds(before.created), seconds(now.created)});
  }
  return difference;
}

bool LockDifference::affects(std::string_view platform) const {
  return std::any_of(items.begin(), items.end(), [&](const DifferenceItem& item) {
    if (item.platform.empty()) return item.kind != Kind::image_changed;
    return item.platform == platform;
  });
}

std::string LockDifference::text() const {
  std::string text;
  for (const DifferenceItem& item : items) text += item_text(item) + "\n";
  return text;
}

}  // namespace pinnace::definition
