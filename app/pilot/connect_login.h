// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"

namespace pilothouse {

/// `pilot connect login NAME`: a person signs in with a device code; the page and the code go to standard error, and with --events as a stage of the stream. What is kept is a refresh token, in
/// the keychain. --json  {"operation","connection","secret"}
Result<void> signIn(Context &context, const QString &name);

} // namespace pilothouse
