// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace pilothouse {

/// Text with everything that looks like a credential replaced by "•••": Authorization headers, userinfo of URLs,
/// token/password/secret/api_key assignments and query fields, AWS key ids, JWTs. Applied where text is made for
/// errors, logs, the journal and copied commands.
QString redact(const QString &text);

} // namespace pilothouse
