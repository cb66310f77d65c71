#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/context.hpp"
#include "base/io.hpp"
#include "helper/operation.hpp"
#include "json/json.hpp"
#include "layer/spool.hpp"
#include "tree/file_tree.hpp"

namespace pinnace::helper {

/// The tar archive of what a container changed, pulled out of its operation.
class ChangeArchive final : public base::Source {
 public:
  /// `first`: the payload of the first change frame.
  ChangeArchive(Operation& operation, std::string first)
      : m_operation(operation), m_part(std::move(first)) {}

  std::size_t read(std::span<std::byte> buffer) override;
  /// The operation's; after the end only.
  nlohmann::json result() const { return json::parse(m_result.value(), "answer of the sandbox"); }

 private:
  Operation& m_operation;
  std::string m_part;
  std::size_t m_used = 0;
  std::optional<std::string> m_result;
};

/// Archive and contents become a tree; hard links of one file stay links. Contents go to `spool`.
/// Throws invalid_input for more than one layer may have: entries, paths and attributes, bytes.
tree::FileTree read_changes(const base::Context& context, base::Source& archive,
                            layer::Spool& spool);

}  // namespace pinnace::helper
