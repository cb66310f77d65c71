#pragma once

#include "places/access.hpp"

namespace pinnace::jobs {

// Every job asks for images by these.
using oci::ArchiveName;
using oci::EnvironmentName;
using oci::ImageName;
using oci::LayoutName;
using oci::StoredName;
using places::Access;
using places::EnvironmentPlaces;
using places::GivenName;
using places::Located;
using places::Purpose;

}  // namespace pinnace::jobs
