// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace pilothouse {

/// Text with everything that looks like a credential replaced by "•••": Authorization headers, userinfo of URLs,
/// token/password/secret/api_key assignments and query fields, AWS key ids, JWTs. Applied where text is made for
/// errors, logs, the journal and copied commands.
QString redact(const QString &text);

/// From now on redact() hides this value too, wherever it stands, also percent-encoded: for secrets that a server showed (Vault, a cluster) and that look like
/// nothing. Values of less than six characters are not kept: they would hide words. Any thread; the newest thousand count.
void hideInTexts(const QString &value);

} // namespace pilothouse
