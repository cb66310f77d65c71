#include "report/sections.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <initializer_list>
#include <map>
#include <string_view>

#include "base/shown.hpp"

namespace pinnace::report {

namespace {

using difference::Artifact;
using difference::FileChange;
using difference::FileState;
using difference::PackageChange;
using difference::PlatformDifference;

constexpr std::size_t k_short = 12;
constexpr std::size_t k_widest = 300;

std::string size_text(std::uint64_t bytes) {
  static constexpr std::array<const char*, 5> k_units = {"B", "kB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1000 && unit + 1 < k_units.size(); ++unit) value /= 1000;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", value, k_units[unit]);
  return text.data();
}

std::string short_digest(const std::string& digest) {
  const std::size_t colon = digest.find(':');
  return colon == std::string::npos ? digest : digest.substr(0, colon + 1 + k_short);
}

std::string or_none(const std::optional<std::string>& text) {
  return text ? base::shortened(*text, k_widest) : "(none)";
}

/// "a -> b", or what was added or removed alone.
std::string change(const std::optional<std::string>& from, const std::optional<std::string>& to) {
  return or_none(from) + " -> " + or_none(to);
}

std::string_view word_of(bool has_from, bool has_to) {
  if (!has_from) return "added";
  return has_to ? "changed" : "removed";
}

/// "2 up, 1 added" of the labels of items, in the order of the words.
std::string counts_of(const std::vector<Item>& items, std::initializer_list<const char*> words) {
  std::map<std::string_view, std::size_t> counts;
  for (const Item& item : items) ++counts[item.label];
  std::string text;
  for (const char* word : words) {
    if (counts[word] != 0)
      text += (text.empty() ? "" : ", ") + std::to_string(counts[word]) + " " + word;
  }
  return text;
}

std::string what_artifact(const std::optional<std::string>& digest,
                          const std::optional<std::string>& purl) {
  if (!digest) return "(none)";
  return (purl ? *purl + " " : "") + short_digest(*digest);
}

Item item_of(const Artifact& artifact) {
  return {std::string(word_of(artifact.from_digest.has_value(), artifact.to_digest.has_value())),
          artifact.path,
          what_artifact(artifact.from_digest, artifact.from_purl) + " -> " +
              what_artifact(artifact.to_digest, artifact.to_purl),
          {},
          {}};
}

std::string said_of(const difference::Commit& commit) {
  return commit.date.substr(0, std::string_view("2000-01-01").size()) + " " + commit.author + ": " +
         commit.subject;
}

Item item_of(const difference::Commit& commit) {
  const bool is_new = commit.kind == difference::Commit::Kind::added;
  return {is_new ? "commit" : "without",
          commit.id.substr(0, k_short),
          base::shortened(said_of(commit), k_widest),
          {},
          {}};
}

}  // namespace

Section code_section(const PlatformDifference& difference) {
  const difference::Code& code = difference.code;
  Section section{"Code", "", {}};
  if (code.from_revision != code.to_revision) {
    if (code.source) section.items.push_back({"source", "", *code.source, {}, {}});
    section.items.push_back({"revision", "", change(code.from_revision, code.to_revision), {}, {}});
  }
  for (const difference::Commit& commit : code.commits) section.items.push_back(item_of(commit));
  if (code.commits_left_out != 0) section.items.push_back({"", "", "and more commits", {}, {}});
  if (code.note)
    section.items.push_back({"note", "", "no commits are listed: " + *code.note, {}, {}});
  for (const Artifact& artifact : code.artifacts) section.items.push_back(item_of(artifact));
  return section;
}

Section base_section(const PlatformDifference& difference) {
  const difference::Base& base = difference.base;
  Section section{"Base", "", {}};
  const std::string shared = std::to_string(base.shared_layers) +
                             (base.shared_layers == 1 ? " layer" : " layers") +
                             " in common from the lowest on";
  section.summary = shared;
  if (base.from_name != base.to_name)
    section.items.push_back({"name", "", change(base.from_name, base.to_name), {}, {}});
  if (base.from_digest != base.to_digest)
    section.items.push_back({"digest", "", change(base.from_digest, base.to_digest), {}, {}});
  for (const difference::Commit& commit : base.commits) section.items.push_back(item_of(commit));
  return section;
}

namespace {

std::string name_of(PackageChange::Kind kind) {
  for (const auto& [known, name] : json::NamesOf<PackageChange::Kind>::k_names) {
    if (known == kind) return name;
  }
  return {};
}

std::string versions_of(const PackageChange& package) {
  if (!package.from) return *package.to;
  return package.to ? *package.from + " -> " + *package.to : *package.from;
}

void add_details(Item& item, const PackageChange& package, const Bounds& bounds) {
  std::string cves;
  for (const std::string& cve : package.cves) cves += (cves.empty() ? "" : " ") + cve;
  if (!cves.empty()) item.details.push_back("fixes name " + base::shortened(cves, k_widest));
  if (package.commit)
    item.details.push_back("since commit " + package.commit->id.substr(0, k_short) + " " +
                           said_of(*package.commit));
  std::size_t shown = 0;
  for (const difference::Notice& notice : package.notices) {
    if (shown++ == bounds.notices) break;
    item.block +=
        notice.version + (notice.date.empty() ? "" : " of " + notice.date) + "\n" + notice.text;
  }
}

}  // namespace

Section packages_section(const PlatformDifference& difference, const Bounds& bounds) {
  Section section{"Packages", "", {}};
  for (const PackageChange& package : difference.packages) {
    Item item{name_of(package.kind), package.name, versions_of(package), {}, {}};
    if (package.type != packages::PackageType::deb)
      item.said +=
          " (" + json::Kind<packages::PackageType>::write(package.type).get<std::string>() + ")";
    add_details(item, package, bounds);
    section.items.push_back(std::move(item));
  }
  section.summary = counts_of(section.items, {"up", "down", "changed", "added", "removed"});
  return section;
}

Section settings_section(const PlatformDifference& difference) {
  Section section{"Configuration", "", {}};
  for (const difference::Setting& one : difference.settings) {
    const bool has_key = !one.key.empty();
    section.items.push_back({std::string(word_of(one.from.has_value(), one.to.has_value())),
                             one.field + (has_key ? " " + one.key : ""),
                             change(one.from, one.to),
                             {},
                             {}});
  }
  return section;
}

namespace {

std::string said_of(const FileState& state) {
  if (!state.target.empty()) return state.type + " to " + state.target;
  if (!state.device.empty()) return state.type + " " + state.device;
  return state.type == "file" ? size_text(state.size) : state.type;
}

std::string owner_of(const FileState& state) {
  return std::to_string(state.uid) + ":" + std::to_string(state.gid);
}

std::string attributes_of(const FileState& state) {
  std::string text;
  for (const std::string& one : state.attributes) text += (text.empty() ? "" : " ") + one;
  return text.empty() ? "(none)" : base::shortened(text, k_widest);
}

std::string differences_of(const FileState& from, const FileState& to) {
  std::string text;
  const auto add = [&](const std::string& what, const std::string& a, const std::string& b) {
    if (a != b) text += (text.empty() ? "" : ", ") + what + a + " -> " + b;
  };
  add("", said_of(from), said_of(to));
  add("mode ", from.mode, to.mode);
  add("owner ", owner_of(from), owner_of(to));
  add("attributes ", attributes_of(from), attributes_of(to));
  return text.empty() ? said_of(to) + ", other content" : text;
}

/// Of what was added or removed, mode and owner where they are not the usual ones.
std::string said_alone(const FileState& state) {
  const bool is_usual = state.uid == 0 && state.gid == 0 &&
                        (state.mode == "0644" || state.mode == "0755" || !state.target.empty());
  return said_of(state) + (is_usual ? "" : ", mode " + state.mode + ", owner " + owner_of(state));
}

std::string said_of(const FileChange& file) {
  const std::string text = file.from && file.to ? differences_of(*file.from, *file.to)
                                                : said_alone(file.to ? *file.to : *file.from);
  return text + (file.note.empty() ? "" : "; " + file.note);
}

/// The first lines of a block, and how many more there are.
std::string cut(const std::string& block, std::size_t most) {
  std::size_t at = 0;
  for (std::size_t line = 0; line < most && at < block.size(); ++line)
    at = std::min(block.find('\n', at), block.size() - 1) + 1;
  const auto more = std::count(block.begin() + static_cast<std::ptrdiff_t>(at), block.end(), '\n');
  if (more == 0) return block;
  return block.substr(0, at) + "... " + std::to_string(more) + " more lines\n";
}

}  // namespace

Section files_section(const PlatformDifference& difference, const Bounds& bounds) {
  Section section{"Files that no package explains", "", {}};
  std::ptrdiff_t noted = 0;  ///< they come first: of many only the first ones are shown
  std::size_t blocks = 0;
  for (const FileChange& file : difference.files) {
    Item item{std::string(word_of(file.from.has_value(), file.to.has_value())),
              file.path,
              said_of(file),
              {},
              {}};
    if (!file.diff.empty() && blocks++ < bounds.blocks)
      item.block = cut(file.diff, bounds.block_lines);
    section.items.push_back(std::move(item));
    if (!file.note.empty())
      std::rotate(section.items.begin() + noted++, section.items.end() - 1, section.items.end());
  }
  section.summary = counts_of(section.items, {"changed", "added", "removed"});
  if (difference.records != 0)
    section.summary += (section.summary.empty() ? "" : "; ") + std::to_string(difference.records) +
                       " records of package managers";
  if (difference.unrecorded != 0)
    section.summary += (section.summary.empty() ? "" : "; ") +
                       std::to_string(difference.unrecorded) +
                       " of changed packages that record no digests";
  if (difference.left_out != 0)
    section.summary += "; " + std::to_string(difference.left_out) + " changes are not listed";
  return section;
}

Section layers_section(const PlatformDifference& difference) {
  Section section{"Layers", "", {}};
  std::size_t reused = 0;
  for (const difference::Layer& layer : difference.layers) {
    reused += layer.reused ? 1 : 0;
    if (!layer.reused)
      section.items.push_back(
          {"sent", "", short_digest(layer.digest) + " " + size_text(layer.size), {}, {}});
  }
  section.summary = std::to_string(reused) + " of " + std::to_string(difference.layers.size()) +
                    " re-used, " + size_text(difference.sent_size) + " to send; in all " +
                    size_text(difference.from_size) + " -> " + size_text(difference.to_size);
  return section;
}

Section findings_section(const PlatformDifference& difference) {
  Section section{"Could not be read", "", {}};
  for (const std::string& finding : difference.findings)
    section.items.push_back({"", "", finding, {}, {}});
  return section;
}

}  // namespace pinnace::report
