#include "difference/rights.hpp"

#include <map>

namespace pinnace::difference {

namespace {

using archive::EntryType;
using inventory::Entry;

constexpr std::uint32_t k_setuid = 04000;
constexpr std::uint32_t k_setgid = 02000;
constexpr std::uint32_t k_sticky = 01000;
constexpr std::uint32_t k_others_write = 02;

bool is_device(const Entry& entry) {
  return entry.type == EntryType::character_device || entry.type == EntryType::block_device;
}

using Attributes = std::map<std::string, std::string>;

/// Without those that follow the content and the path: labels, and signatures of the content.
Attributes attributes_of(const Entry& entry) {
  Attributes attributes = entry.xattrs;
  for (const char* name : {"security.selinux", "security.ima", "security.evm"})
    attributes.erase(name);
  return attributes;
}

/// Who may write a directory may replace what is in it, unless it is sticky.
bool may_all_write(const Entry& entry) {
  const bool is_sticky_directory =
      entry.type == EntryType::directory && (entry.mode & k_sticky) != 0;
  return (entry.mode & k_others_write) != 0 && !is_sticky_directory;
}

}  // namespace

std::string given_rights(const ComparedFile& file) {
  if (file.to == nullptr || file.to->entry.type == EntryType::symlink) return {};
  const Entry& to = file.to->entry;
  const Entry* from =
      file.from == nullptr || file.from->entry.type != to.type ? nullptr : &file.from->entry;
  std::string words;
  const auto add = [&](const char* word) {
    words += (words.empty() ? "" : ", ") + std::string(word);
  };
  const auto appears = [&](std::uint32_t bit) {
    return (to.mode & bit) != 0 && (from == nullptr || (from->mode & bit) == 0);
  };
  if (appears(k_setuid)) add("setuid");
  if (appears(k_setgid)) add("setgid");
  if (may_all_write(to) && (from == nullptr || !may_all_write(*from))) add("all may write it");
  const bool is_new_device = is_device(to) && (from == nullptr || has_other_rights(file));
  if (is_new_device) add("a device");
  const Attributes attributes = attributes_of(to);
  if (!attributes.empty() && (from == nullptr || attributes_of(*from) != attributes))
    add(attributes.contains("security.capability") ? "capabilities" : "extended attributes");
  return words;
}

bool has_other_rights(const ComparedFile& file) {
  if (file.from == nullptr || file.to == nullptr) return false;
  const Entry& from = file.from->entry;
  const Entry& to = file.to->entry;
  if (from.uid != to.uid || from.gid != to.gid || attributes_of(from) != attributes_of(to))
    return true;
  const bool is_link = from.type == EntryType::symlink || to.type == EntryType::symlink;
  if (is_link) return false;
  return from.mode != to.mode || from.device_major != to.device_major ||
         from.device_minor != to.device_minor;
}

}  // namespace pinnace::difference
