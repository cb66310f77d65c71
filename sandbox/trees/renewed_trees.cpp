#include "sandbox/trees/renewed_trees.hpp"

#include <algorithm>

#include "sandbox/system/system.hpp"
#include "sandbox/trees/layer_times.hpp"
#include "tree/open_root.hpp"

namespace pinnace::sandbox {

using layer::ShownTime;
using tree::OpenRoot;
using tree::RootedPath;

namespace {

layer::ShownTimes times_of(const Stage& stage, const std::vector<std::string>& lowers) {
  return lowers.empty() ? layer::ShownTimes() : read_times(stage.store() + "/" + lowers.back());
}

}  // namespace

RenewedTrees::RenewedTrees(const Stage& stage, const helper::HelperRequest& request,
                           const CacheMounts& caches)
    : m_stage(stage), m_request(request) {
  m_root = {"root", request.lowers, stage.below(), {}, times_of(stage, request.lowers), {}};
  for (std::size_t number = 0; number < request.mounts.size(); ++number) {
    const helper::HelperMount& mount = request.mounts[number];
    if (mount.kind == "layers")
      base::with_context([&] { return "mount at " + mount.target; },
                         [&] { m_mounts.emplace(number, tree_of(mount, number)); });
  }
  for (const Tree* tree : all()) {
    m_first_second = std::max(m_first_second, tree->times.newest() + 1);
    if (tree != &m_root)
      m_true_times.insert(tree->times.true_times().begin(), tree->times.true_times().end());
  }
  if (!caches.empty()) renew(caches);
}

RenewedTrees::Tree RenewedTrees::tree_of(const helper::HelperMount& mount,
                                         std::size_t number) const {
  const std::string name = "mount-" + std::to_string(number);
  const std::string place = m_stage.place(number) + ".below";
  make_directory(place);
  mount_snapshots(m_stage, m_request, mount.lowers, "", place);
  return {name,
          mount.lowers,
          place,
          find_in_layers(OpenRoot(place), "/" + mount.source),
          times_of(m_stage, mount.lowers),
          {}};
}

std::vector<RenewedTrees::Tree*> RenewedTrees::all() {
  std::vector<Tree*> trees{&m_root};
  for (auto& [number, tree] : m_mounts) trees.push_back(&tree);
  return trees;
}

void RenewedTrees::renew(const CacheMounts& caches) {
  StepFiles files;
  std::map<const Tree*, StepFiles> by_tree;
  for (const Tree* tree : all()) {
    StepFiles& own = by_tree[tree];
    own = step_files(OpenRoot(tree->place), tree->part, tree->times);
    for (const auto& [path, file] : own) files.emplace(tree->name + "/" + path, file);
  }
  Renewal renewal = caches.renew(files);
  for (Tree* tree : all()) take_times(*tree, by_tree.at(tree), renewal);
  m_seen = std::move(renewal.seen);
}

void RenewedTrees::take_times(Tree& tree, const StepFiles& files, const Renewal& renewal) {
  for (const auto& [path, file] : files) {
    const auto found = renewal.anew.find(tree.name + "/" + path);
    if (found == renewal.anew.end()) continue;
    const ShownTime& time = found->second;
    tree.anew.emplace(path, time);
    m_first_second = std::max(m_first_second, time.seconds + 1);
    const std::int64_t true_time = tree.times.true_time(file.shown).value_or(file.shown.seconds);
    m_true_times.insert_or_assign(time, true_time);
    // Where a program has copied the time and cut it to seconds.
    m_true_times.insert_or_assign({time.seconds, 0}, true_time);
  }
}

void RenewedTrees::mount_root(const std::string& target) const {
  mount(m_root, m_request.snapshot, target);
}

void RenewedTrees::mount_layers(std::size_t number, const std::string& target) const {
  const Tree& tree = m_mounts.at(number);
  std::string top;
  if (m_request.mounts[number].writable || (m_request.copies && !tree.anew.empty())) {
    top = m_request.snapshot + "/" + tree.name;
    make_snapshot(m_request, tree.lowers, top);
  }
  mount(tree, top, target);
}

void RenewedTrees::mount(const Tree& tree, const std::string& top,
                         const std::string& target) const {
  std::vector<std::string> lowers = tree.lowers;
  if (m_request.copies) {
    if (!tree.anew.empty()) set_times(OpenRoot(top + "/fs"), tree.anew);
  } else if (!tree.anew.empty()) {
    lowers.push_back(m_request.snapshot + "/anew-" + tree.name);
    make_snapshot(m_request, {}, lowers.back());
    copy_with_times(OpenRoot(tree.place), OpenRoot(lowers.back() + "/fs"), tree.anew);
  }
  mount_snapshots(m_stage, m_request, lowers, top, target);
}

}  // namespace pinnace::sandbox
