#include "inventory/layer_inventory.hpp"

#include "base/error.hpp"

namespace pinnace::inventory {

json::Table<Finding> Finding::table() {
  return {"Finding",
          "Something that could not be read.",
          {{"path", &Finding::path, "Empty: the layer."},
           {"problem", &Finding::problem, "What is wrong."}}};
}

json::Table<LayerInventory> LayerInventory::table() {
  return {"LayerInventory",
          "What a layer holds.",
          {{"version",
            &LayerInventory::version,
            "Of this format and its readers.",
            {.least = k_version, .most = k_version}},
           {"diffId", &LayerInventory::diff_id, "Of the layer's archive.", json::k_digest},
           {"entries", &LayerInventory::entries, "In the archive's order."},
           {"documents", &LayerInventory::documents, "Those of the files that tell of packages."},
           {"findings", &LayerInventory::findings, "What could not be read."}}};
}

std::string to_text(const LayerInventory& inventory) {
  return json::dump(json::write(inventory), "a layer's inventory");
}

LayerInventory parse_layer_inventory(std::string_view text) {
  constexpr const char* k_what = "a layer's inventory";
  const nlohmann::json document = json::parse(text, k_what);
  LayerInventory inventory = json::read<LayerInventory>(json::Node(document, k_what));
  for (const Document& one : inventory.documents) {
    if (one.entry >= inventory.entries.size())
      throw base::Error(base::ErrorCode::invalid_input,
                        std::string(k_what) + ": a document without its entry");
  }
  return inventory;
}

}  // namespace pinnace::inventory
