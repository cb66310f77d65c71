#pragma once

#include <string_view>

namespace pinnace::layer {

/// Names that mean deleted files in a layer (OCI image specification, layer.md, "Whiteouts"):
/// before the name of what is deleted, and in the place of all that a lower directory had.
inline constexpr std::string_view k_whiteout = ".wh.";
inline constexpr std::string_view k_opaque_whiteout = ".wh..wh..opq";

}  // namespace pinnace::layer
