#pragma once

#include <string>

#include "image/contents.hpp"
#include "inventory/image_inventory.hpp"
#include "tracing/trace.hpp"

/// What an image's layers and inventory say of where things come from. Needs nothing but them.
namespace pinnace::tracing {

/// The layers with whose they are, by `result.base.layers`.
void add_layers(const image::ImageContents& contents, const inventory::ImageInventory& found,
                TraceResult& result);
/// How many packages there are of each type, and what is the image's own: Java archives and
/// programs that no package of the system has.
void add_contents(const inventory::ImageInventory& found, TraceResult& result);
/// The packages of a name, "zlib" or "zlib=1.2.13", with Maven's groupId or npm's scope or without.
void answer_package(const inventory::ImageInventory& found, const std::string& name,
                    TraceResult& result);
/// The file at a path, links above it followed, with the package that has it.
void answer_path(const inventory::ImageInventory& found, const std::string& path,
                 TraceResult& result);

}  // namespace pinnace::tracing
