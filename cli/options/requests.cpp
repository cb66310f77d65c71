#include "cli/options/requests.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>

#include "base/error.hpp"
#include "config/environments.hpp"
#include "definition/definition.hpp"
#include "files/look.hpp"

namespace pinnace::cli {

namespace {

std::string environment_value(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread starts
  return value == nullptr ? std::string() : std::string(value);
}

std::string default_store() {
  if (auto store = environment_value("PINNACE_STORE"); !store.empty()) return store;
  std::string cache = environment_value("XDG_CACHE_HOME");
  if (const auto home = environment_value("HOME"); cache.empty() && !home.empty())
    cache = home + "/.cache";
  if (cache.empty())
    throw base::Error(base::ErrorCode::invalid_input,
                      "there is no place for the local store: HOME is not set; say --store DIR, or "
                      "set PINNACE_STORE");
  return cache + "/pinnace";
}

/// "16MiB", as an option takes it.
std::string size_word(std::uint64_t bytes) {
  static constexpr std::array<const char*, 6> k_units = {"", "KiB", "MiB", "GiB", "TiB", "PiB"};
  std::size_t unit = 0;
  for (; bytes != 0 && bytes % 1024 == 0 && unit + 1 < k_units.size(); ++unit) bytes /= 1024;
  return std::to_string(bytes) + k_units[unit];
}

}  // namespace

std::string store_of(const GlobalOptions& global) {
  return global.store.empty() ? default_store() : global.store;
}

void add_common(job::JobRequest& request, const GlobalOptions& global) {
  request.store = store_of(global);
  request.registries = if_given(global.registries);
}

std::optional<std::string> if_given(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::optional<std::chrono::seconds> seconds_if_given(const char* option,
                                                     const std::string& duration) {
  if (duration.empty()) return std::nullopt;
  return base::with_context([&] { return option; },
                            [&] { return config::parse_duration(duration); });
}

std::map<std::string, std::string> pair_map(const char* option, const char* expected,
                                            const std::vector<std::string>& pairs) {
  std::map<std::string, std::string> map;
  for (const std::string& pair : pairs) {
    const std::size_t equals = pair.find('=');
    if (equals == 0 || equals == std::string::npos)
      throw base::Error(base::ErrorCode::invalid_input,
                        std::string(option) + ": expected " + expected + ", got \"" + pair + "\"");
    map[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return map;
}

CLI::Validator size_between(std::uint64_t least, std::uint64_t most) {
  const auto read = [least, most](std::string& word) {
    const std::string expected =
        "expected " + size_word(least) + " to " + size_word(most) + ", got " + word;
    std::string bytes = word;
    try {
      if (!CLI::AsSizeValue(false)(bytes).empty()) return expected;
    } catch (const CLI::ValidationError&) {
      return expected;
    }
    std::uint64_t number = 0;
    if (!CLI::detail::lexical_cast(bytes, number) || number < least || number > most)
      return expected;
    word = bytes;
    return std::string();
  };
  return CLI::Validator(read, "SIZE");
}

std::string default_definition(const std::string& directory) {
  for (const std::string_view name : definition::k_default_names) {
    const std::filesystem::path file = std::filesystem::path(directory) / name;
    if (files::exists(file)) return file.string();
  }
  const std::filesystem::path here = std::filesystem::current_path();
  throw base::Error(base::ErrorCode::not_found,
                    "no pinnace.yaml, Containerfile or Dockerfile in " +
                        (directory.empty() ? here : here / directory).lexically_normal().string() +
                        "; name the definition, as with build -f FILE or pin FILE");
}

std::shared_ptr<const std::string> add_environments(CLI::App& verb, const std::string& use) {
  static constexpr const char* k_file = "environments.yaml";
  const auto file = std::make_shared<std::string>(files::link_status(k_file) ? k_file : "");
  verb.add_option("--environments", *file, use + " (default: " + k_file + ", if it is there)");
  return file;
}

}  // namespace pinnace::cli
