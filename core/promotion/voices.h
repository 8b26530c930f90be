// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/promotion/promotion.h"
#include "core/promotion/signed_statement.h"

namespace pilothouse::promotion {

/// How far in the future an approval may be dated before it is refused: clocks differ.
inline constexpr qint64 clockSkewSeconds = 5 * 60;

/// What the verification goes by.
struct VoiceRules {
    const workspace::Workspace &workspace;
    const workspace::Model *owner = nullptr; ///< the workspace's model; null: none has this registry entry, defaults hold
    QDateTime now;
    std::optional<RegistryNow> registry; ///< none: not asked, so what depends on it is not judged
};

/// The verification of a request's approvals: sets standing, reason, expires and key of each, `signing` and `doubt` of the request, raises what it
/// needs to what the workspace asks for now, and makes its approvals gate anew. An approval counts if
/// its signature fits by the key that the workspace names for that actor; it is about this request, package, evidence and alias as they are
/// now; it has not expired and is not dated in the future; its actor may approve; and neither its actor nor its key has spoken already.
/// In a workspace that names no approvers only time and actor are judged. What is decided is judged at the time of its decision.
void judgeVoices(Request &request, const std::vector<SignedStatement> &statements, const VoiceRules &rules);

/// Refused if fewer approvals count than are needed; it names those that are void and why.
Result<void> enoughVoices(const Request &request);

/// Why the statement is not one of its actor in this workspace, or not about this request; empty: it is.
QString doubtOf(const SignedStatement &statement, const Request &request, const workspace::Workspace &workspace);

} // namespace pilothouse::promotion
