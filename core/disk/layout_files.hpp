#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "files/directory.hpp"

/// The files of an OCI image layout's own (image-layout.md), in a directory or an archive.
namespace pinnace::disk {

inline constexpr const char* k_layout_file = "oci-layout";
inline constexpr const char* k_index_file = "index.json";
inline constexpr std::size_t k_max_layout_file = 64 * 1024;
inline constexpr std::size_t k_max_index_file = 64 * 1024 * 1024;
inline constexpr const char* k_layout_text = R"({"imageLayoutVersion":"1.0.0"})";

/// Of the text of `oci-layout`. Throws invalid_input and unsupported, naming `what`.
void check_layout_version(const std::string& text, const std::string& what);

/// A regular file of a directory whole; nullopt if it is not there. Throws invalid_input for a link
/// and what else is no regular file.
std::optional<std::string> read_small(const files::Directory& directory, const char* name,
                                      std::size_t limit);

/// Whether there is nothing in a directory but files of ours, layouts, and directories of such.
bool holds_layouts_only(const files::Directory& directory, std::size_t depth = 0);

/// New ones in a directory, with nothing listed; its blobs stay.
void write_layout_files(const std::filesystem::path& directory);

}  // namespace pinnace::disk
