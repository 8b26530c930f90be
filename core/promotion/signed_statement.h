// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/secrets/secret_store.h"

#include <QByteArray>
#include <QDateTime>
#include <QJsonObject>

#include <optional>

namespace pilothouse::promotion {

enum class Decision { Ask, Approve, Reject };
QString decisionName(Decision decision); ///< ask, approve, reject

/// What one person said about one promotion, with everything that it was said about, signed by that person. It can be checked by
/// whoever has the public key, wherever it was kept.
struct SignedStatement {
    QString workspace; ///< the workspace's name
    QString request;   ///< id of the promotion
    QString registry;  ///< the workspace's connection to it; empty: the local one
    QString model, alias;
    int version = 0;
    std::optional<int> from;  ///< where the alias pointed
    QString digest, evidence; ///< SHA-256 of the candidate's package and of the evidence's canonical JSON
    Decision decision = Decision::Ask;
    QString requester, actor, comment;
    QDateTime time, expires; ///< expires: invalid for what does not expire (ask, reject)
    QString key;             ///< the public key, "ed25519:BASE64"
    QByteArray signature;    ///< of signedText()

    /// "pilothouse approval 1\n" and the canonical JSON of all fields but the signature: keys sorted, no spaces, times in ISO 8601 UTC with
    /// milliseconds, `from` and `expires` null where there is none.
    QByteArray signedText() const;
    /// Does the signature fit the text, by the key that the statement names? Whose key that is, is another question.
    bool holds() const;
    /// The fields of signedText(), and "signature" in Base64.
    QJsonObject toJson() const;
    /// Invalid if a field is missing or of a wrong type. An edited value is read: holds() finds it.
    static Result<SignedStatement> fromJson(const QJsonObject &object, const QString &where);
};

/// Name of an actor's private key in the keychain.
QString approvalKeySecret(const QString &actor);
/// The actor's public key, "ed25519:BASE64", by the private key in the keychain. NotFound with the remedy if there is none; errors of the store;
/// Invalid if what is there is no key.
Result<QString> approvalKey(secrets::SecretStore &secrets, const QString &actor);
/// A new private key as the keychain keeps it. A secret.
QString newApprovalKeySecret();
/// The public key of such a secret. Invalid if it is none; its text is in no error.
Result<QString> publicKeyOfSecret(const QString &secret);

/// Fills in key and signature by the private key of the statement's actor. Errors as approvalKey().
Result<void> sign(SignedStatement &statement, secrets::SecretStore &secrets);

} // namespace pilothouse::promotion
