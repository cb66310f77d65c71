#include "difference/compare.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "difference/artifacts.hpp"
#include "difference/files.hpp"
#include "difference/packages.hpp"
#include "difference/settings.hpp"
#include "difference/texts.hpp"
#include "difference/wanted.hpp"

namespace pinnace::difference {

namespace {

using State = PlatformDifference::State;

constexpr std::size_t k_max_packages = 10'000;
constexpr std::size_t k_max_files = 10'000;
constexpr std::size_t k_max_findings = 1000;

/// A label or annotation, in either place: tools differ in where they write them.
std::optional<std::string> said(const Image& image, const std::string& name) {
  const auto annotation = image.manifest.annotations.find(name);
  if (annotation != image.manifest.annotations.end()) return shown_text(annotation->second);
  const oci::Execution execution = image.config.execution();
  if (!execution.labels) return std::nullopt;
  const auto label = execution.labels->find(name);
  if (label == execution.labels->end()) return std::nullopt;
  return shown_text(label->second);
}

/// How many layers both promise, from the lowest on.
std::size_t shared_layers(const oci::Config& from, const oci::Config& to) {
  const std::vector<hash::Digest> left = from.diff_ids();
  const std::vector<hash::Digest> right = to.diff_ids();
  return static_cast<std::size_t>(
      std::mismatch(left.begin(), left.end(), right.begin(), right.end()).first - left.begin());
}

void add_origin(PlatformDifference& difference, const Image& from, const Image& to) {
  const std::string image = "org.opencontainers.image.";
  difference.code.source = said(to, image + "source");
  if (!difference.code.source) difference.code.source = said(from, image + "source");
  difference.code.from_revision = said(from, image + "revision");
  difference.code.to_revision = said(to, image + "revision");
  difference.base = {said(from, image + "base.name"), said(from, image + "base.digest"),
                     said(to, image + "base.name"), said(to, image + "base.digest"),
                     shared_layers(from.config, to.config)};
}

void add_layers(PlatformDifference& difference, const Image& from, const Image& to) {
  std::set<hash::Digest> known;
  for (const oci::Descriptor& layer : from.manifest.layers) {
    known.insert(layer.digest);
    difference.from_size += layer.size;
  }
  for (const oci::Descriptor& layer : to.manifest.layers) {
    const bool reused = known.contains(layer.digest);
    difference.layers.push_back({layer.digest.str(), layer.size, reused});
    difference.to_size += layer.size;
    if (!reused) difference.sent_size += layer.size;
    known.insert(layer.digest);
  }
}

void add_settings(PlatformDifference& difference, const Image& from, const Image& to) {
  difference.settings = compare_settings(from.config.json(), to.config.json());
  auto annotations = compare_annotations(from.manifest.annotations, to.manifest.annotations);
  std::move(annotations.begin(), annotations.end(), std::back_inserter(difference.settings));
}

void add_findings(PlatformDifference& difference, const Image& image, const char* which) {
  for (const inventory::LayerFinding& one : image.inventory.findings) {
    if (difference.findings.size() == k_max_findings) return;
    const std::string& path = one.finding.path.bytes;
    difference.findings.push_back(
        std::string("the ") + which + " image: " +
        (path.empty() ? "layer " + std::to_string(one.layer) : "/" + shown_path(path)) + ": " +
        shown_text(one.finding.problem));
  }
}

template <class Item>
void cut(std::vector<Item>& items, std::size_t most, std::uint64_t& left_out) {
  if (items.size() <= most) return;
  left_out += items.size() - most;
  items.resize(most);
}

}  // namespace

Compared compare(const Image& from, const Image& to) {
  Compared compared;
  PlatformDifference& difference = compared.difference;
  difference.platform = to.platform;
  difference.from = from.digest.str();
  difference.to = to.digest.str();
  if (from.digest == to.digest) return compared;
  difference.state = State::changed;
  add_origin(difference, from, to);
  add_layers(difference, from, to);
  add_settings(difference, from, to);
  std::vector<ComparedPackage> packages = compare_packages(from.inventory, to.inventory);
  ComparedFiles files = compare_files(from.inventory, to.inventory, packages);
  difference.records = files.records;
  difference.unrecorded = files.unrecorded;
  difference.code.artifacts = take_artifacts(files.files, from.inventory, to.inventory);
  cut(packages, k_max_packages, difference.left_out);
  cut(files.files, k_max_files, difference.left_out);
  compared.checks = wanted_checks(files);
  const std::size_t explained = files.files.size();
  for (ClaimedFile& one : files.claimed) files.files.push_back(std::move(one.file));
  compared.changelogs = wanted_changelogs(packages, from.inventory, to.inventory);
  compared.diffs = wanted_diffs(files.files, explained);
  for (ComparedPackage& one : packages) difference.packages.push_back(std::move(one.change));
  for (const ComparedFile& one : files.files) difference.files.push_back(described(one));
  add_findings(difference, from, "first");
  add_findings(difference, to, "second");
  return compared;
}

PlatformDifference settled(Compared compared) {
  PlatformDifference& difference = compared.difference;
  std::vector<FileChange>& files = difference.files;
  std::vector<bool> is_left(files.size(), true);
  for (const WantedCheck& one : compared.checks) {
    is_left.at(one.file) = one.answer == WantedCheck::Answer::contradicts;
    if (one.answer == WantedCheck::Answer::unknown) ++difference.unrecorded;
  }
  std::size_t at = 0;
  std::erase_if(files, [&](const FileChange&) { return !is_left[at++]; });
  std::stable_sort(files.begin(), files.end(),
                   [](const FileChange& a, const FileChange& b) { return a.path < b.path; });
  cut(files, k_max_files, difference.left_out);
  return std::move(difference);
}

}  // namespace pinnace::difference
