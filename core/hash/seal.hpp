#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Text that is kept for later, with a checksum over it and the name that it is kept under: where a
/// disk or a memory has changed a bit, or files have changed places, there is nothing rather than
/// something else. Not against whoever can write there.
namespace pinnace::hash {

/// A line with the checksum, and `text`.
std::string sealed(std::string_view name, std::string_view text);

/// The text; nullopt if that is not what was sealed under this name. Lives as long as `whole`.
std::optional<std::string_view> unsealed(std::string_view name, std::string_view whole);

}  // namespace pinnace::hash
