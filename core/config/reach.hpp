#pragma once

#include <memory>

#include "config/registries.hpp"
#include "http/client.hpp"

namespace pinnace::config {

/// Adds what `registries` says of whoever is asked, at each hop: how patient one is and how often
/// one tries, who may be spoken to in plain http, whose authorities are trusted. What it doesn't
/// say stays as it is.
void apply(const std::shared_ptr<const Registries>& registries, http::Options& options,
           http::RetryPolicy& policy);

/// Only what `registries` names may be at this machine's loopback.
void refuse_loopback(const std::shared_ptr<const Registries>& registries, http::Options& options);

}  // namespace pinnace::config
