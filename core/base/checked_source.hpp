#pragma once

#include <memory>
#include <utility>

#include "base/context.hpp"
#include "base/io.hpp"

namespace pinnace::base {

/// Passes a source on until a stop is requested: for streams that can be long and whose reader does
/// not look at every byte.
class CheckedSource final : public Source {
 public:
  CheckedSource(Context context, std::unique_ptr<Source> inner)
      : m_context(std::move(context)), m_inner(std::move(inner)) {}
  std::size_t read(std::span<std::byte> buffer) override {
    m_context.check();
    return m_inner->read(buffer);
  }

 private:
  Context m_context;
  std::unique_ptr<Source> m_inner;
};

}  // namespace pinnace::base
