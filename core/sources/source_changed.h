// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/fetch.h"

namespace pilothouse::sources {

/// When the file or object that a source names was last changed, without fetching it: a file's time, Last-Modified of an http address (asked for one byte) or of
/// an S3 object. NotFound: it is not there, or its server does not say; so DVC, whose pointer file has no time of the data. Blocking.
Result<QDateTime> sourceChanged(const SourceSpec &spec, const Access &access, std::stop_token stop = {});

} // namespace pilothouse::sources
