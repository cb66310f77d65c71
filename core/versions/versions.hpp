#pragma once

#include <compare>
#include <string_view>

#include "packages/package.hpp"

/// Which of two versions of a package is the newer one, as those order them who publish it. Each
/// order is total over all bytes, and takes time in proportion to the texts. Versions of which
/// neither is newer may be written differently.
namespace pinnace::versions {

/// "[epoch:]upstream[-revision]" (deb-version(7); parseversion() and verrevcmp() of dpkg).
std::weak_ordering compare_dpkg(std::string_view a, std::string_view b);

/// "[epoch:]version[-release]" (rpm-version(7); rpmvercmp() of RPM).
std::weak_ordering compare_rpm(std::string_view a, std::string_view b);

/// "1.2.3a_rc1-r2" (apk-package(5), "PACKAGE METADATA", pkgver).
std::weak_ordering compare_apk(std::string_view a, std::string_view b);

/// Semantic Versioning 2.0.0, clause 11, which npm, Cargo and Go follow; with any number of
/// components, and perhaps with the "v" of Go before.
std::weak_ordering compare_semver(std::string_view a, std::string_view b);

/// PEP 440. What is no such version is older than all that are.
std::weak_ordering compare_pypi(std::string_view a, std::string_view b);

/// Gem::Version of RubyGems.
std::weak_ordering compare_gem(std::string_view a, std::string_view b);

/// Maven's version order specification (maven.apache.org/pom.html#version-order-specification).
std::weak_ordering compare_maven(std::string_view a, std::string_view b);

/// The one of these that packages of a type have. An empty version is older than others.
std::weak_ordering compare(packages::PackageType type, std::string_view a, std::string_view b);

/// Whether an order of these can place a text. Versions of Cargo, Go, npm, PyPI and RubyGems begin
/// with a number, behind "v" if need be: which version other texts mean nobody knows, though
/// package managers take some ("=1.0", " 1.0", "latest"). Of other types all texts are but the
/// empty one.
bool is_version(packages::PackageType type, std::string_view text);

}  // namespace pinnace::versions
