// How a Sandbox keeps unpacked layers.

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/error.hpp"
#include "files/look.hpp"
#include "helper/operation.hpp"
#include "run/sandbox_state.hpp"

namespace pinnace::run {

using base::Context;

Sandbox::State::UnnamedSnapshot::~UnnamedSnapshot() {
  if (m_name.empty()) return;
  try {
    m_state.discard(m_name);
    for (const std::string& why : m_state.remove_discarded(m_context)) m_context.warn(why);
  } catch (const std::exception& error) {
    if (base::code_of(error) != base::ErrorCode::cancelled) m_context.warn(error.what());
  }
}

bool Sandbox::State::UnnamedSnapshot::rename(const std::string& name) {
  if (!m_state.rename(m_name, name)) return false;
  m_name.clear();
  return true;
}

bool Sandbox::State::rename(const std::string& from, const std::string& to) const {
  std::error_code error;
  std::filesystem::rename(directory / from, directory / to, error);
  if (error.value() == EEXIST || error.value() == ENOTEMPTY) return false;
  if (error) base::throw_errno(error.value(), "name the snapshot " + (directory / to).string());
  return true;
}

std::filesystem::path Sandbox::State::lock_file() const {
  return directory.string() + ".lock";
}

void Sandbox::State::tidy(const Context& context) {
  lock.reset();
  if (const auto alone = files::FileLock::try_lock(lock_file(), files::FileLock::Mode::exclusive)) {
    for (const std::string& name : needless_snapshots(directory)) discard(name);
  }
  if (discarded_snapshots(directory).empty()) return;
  context.log("removing what earlier containers have left");
  leftovers = remove_discarded(context);
}

void Sandbox::State::begin(const Context& context) {
  if (lock) return;
  stop = context.stop;
  tidy(context);
  lock.emplace(lock_file(), files::FileLock::Mode::shared);
}

void Sandbox::State::discard(const std::string& name) const {
  std::error_code error;
  std::filesystem::rename(directory / name,
                          directory / (k_discarded_snapshot + files::random_name()), error);
  if (error && error.value() != ENOENT)
    base::throw_errno(error.value(), "remove the snapshot " + (directory / name).string());
}

std::vector<std::string> Sandbox::State::remove_discarded(const Context& context,
                                                          helper::Farewell farewell) {
  if (farewell.time.count() == 0) context.check();
  const auto alone =
      files::FileLock::try_lock(directory.string() + ".removal", files::FileLock::Mode::exclusive);
  helper::HelperRequest request = new_request("remove");
  if (alone) request.lowers = discarded_snapshots(directory);
  if (request.lowers.empty()) return {};
  const std::string what = "unpacked layers in " + directory.string() + " can't be removed: ";
  std::vector<std::string> stay;
  try {
    const nlohmann::json result =
        helper::Operation(context, options.executable, request, {}, farewell).finish();
    for (const nlohmann::json& failure : result.at("failures"))
      stay.push_back(what + failure.get<std::string>());
  } catch (const base::Error& error) {
    if (error.code() == base::ErrorCode::cancelled) throw;
    stay.push_back(what + error.what());
  }
  return stay;
}

std::string Sandbox::State::new_snapshot() {
  return k_temporary_snapshot + token + "-" + std::to_string(++snapshots);
}

void Sandbox::State::apply(const Context& context, const container::RootLayer& layer,
                           std::vector<std::string> lowers, const std::string& snapshot,
                           const std::string& after) {
  helper::HelperRequest request = new_request("apply");
  request.lowers = std::move(lowers);
  request.snapshot = snapshot;
  request.times_of = layer.times.of;
  request.epoch = layer.times.written;
  request.after = after;
  const auto send = [&] {
    helper::Operation operation(context, options.executable, request);
    helper::OperationSink sink(operation);
    layer.write(context, sink);
    operation.close_input();
    operation.finish();
  };
  base::with_context([&] { return "unpacking the layer " + layer.id; }, send);
}

void Sandbox::State::keep(UnnamedSnapshot& snapshot, const std::string& name) {
  snapshot.rename(name);  // if it is there already, somebody else was faster
  if (name.starts_with(k_temporary_snapshot)) passing.insert(name);
}

/// Unpacks layers as one snapshot.
void Sandbox::State::unpack(const Context& context, std::span<const container::RootLayer> layers,
                            std::vector<std::string> lowers, const std::string& name,
                            const std::string& after) {
  const std::string unnamed = new_snapshot();
  UnnamedSnapshot snapshot(*this, context, unnamed);
  for (const container::RootLayer& layer : layers)
    apply(context, layer, std::exchange(lowers, {}), unnamed, after);
  keep(snapshot, name);
}

bool Sandbox::State::is_there(const Context& context, const std::string& name) {
  if (is_as_made(directory / name)) return true;
  if (put_aside(name))
    context.log("unpacking again what was changed since it was unpacked: " +
                (directory / name).string());
  return false;
}

bool Sandbox::State::put_aside(const std::string& name) {
  return files::link_status(directory / name) && rename(name, new_snapshot());
}

/// A snapshot of the whole tree of others.
std::string Sandbox::State::merge(const Context& context, std::vector<std::string> lowers) {
  const std::string name = merged_name(lowers.back());
  if (is_there(context, name)) return name;
  context.log("making one tree of " + std::to_string(lowers.size()) + " layers");
  helper::HelperRequest request = new_request("merge");
  request.lowers = std::move(lowers);
  request.snapshot = new_snapshot();
  UnnamedSnapshot snapshot(*this, context, request.snapshot);
  helper::Operation(context, options.executable, request).finish();
  keep(snapshot, name);
  return name;
}

std::vector<std::string> Sandbox::State::take_snapshots(
    const Context& context, const std::vector<container::RootLayer>& layers,
    const std::string& after) {
  const std::lock_guard guard(mutex);
  std::vector<std::string> names;
  for (const container::RootLayer& layer : layers)
    names.push_back(name_of(names.empty() ? "" : names.back(), layer.name()));
  if (copies && !names.empty()) {
    // The last one is the whole tree: those below it are not needed, but as a start.
    const auto start = std::find_if(names.rbegin(), names.rend(), [&](const std::string& name) {
      return is_there(context, name);
    });
    const auto known = static_cast<std::size_t>(names.rend() - start);
    if (known < names.size())
      unpack(context, std::span(layers).subspan(known),
             known == 0 ? std::vector<std::string>{} : std::vector{names[known - 1]}, names.back(),
             after);
    names = {names.back()};
  }
  std::vector<std::string> lowers;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (lowers.size() == k_max_lowers) lowers = {merge(context, std::move(lowers))};
    if (!is_there(context, names[i]))
      unpack(context, std::span(layers).subspan(i, 1), lowers, names[i], after);
    // When it was used last, for collect(): where that can't be said, it may go earlier.
    std::error_code gone;
    std::filesystem::last_write_time(directory / names[i],
                                     std::filesystem::file_time_type::clock::now(), gone);
    lowers.push_back(names[i]);
  }
  return lowers;
}

}  // namespace pinnace::run
