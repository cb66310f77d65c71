#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oci/config.hpp"

namespace pinnace::build {

/// Small changes of an image's configuration. Those of a base may lack any member or have null in
/// its place (Go writes both).

/// The PATH of an image that says none, as other builders and runtimes have it.
inline constexpr const char* k_default_path =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// When an image was created: what somebody has set, else what its base says; 1970 for one that is
/// built from nothing. No build reads the clock.
void set_created(oci::Config& config, std::optional<std::int64_t> source_date);
/// The value of a variable in "Env".
std::optional<std::string> find_variable(const oci::Config& config, std::string_view name);
/// A text such as "User"; empty if there is none.
std::string text_of(const oci::Config& config, const char* name);
/// Replaces a variable of "Env" in its place, or adds it at the end.
void set_variable(oci::Config& config, const std::string& name, const std::string& value);
/// "Env": NAME=VALUE.
std::vector<std::string> variables_of(const oci::Config& config);
/// An array such as "Env", made if it is missing.
nlohmann::json& config_list(oci::Config& config, const char* name);
/// An object such as "Labels", made if it is missing.
nlohmann::json& config_object(oci::Config& config, const char* name);
/// The shell of RUN, CMD and ENTRYPOINT in the shell form.
nlohmann::json shell_of(const oci::Config& config);
/// Sets a member; an empty array removes it.
void set_or_erase(nlohmann::json& execution, const char* name, nlohmann::json value);

}  // namespace pinnace::build
