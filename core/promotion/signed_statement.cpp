// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/promotion/signed_statement.h"

#include "core/base/clock.h"
#include "core/base/ed25519.h"
#include "core/base/json.h"
#include "core/workspace/approver_key.h"

namespace pilothouse::promotion {

namespace {

using Q = QLatin1String;

/// A private key in the keychain: this word, and the Base64 of its 32 bytes.
const QString secretForm = QStringLiteral("ed25519-private:");

QJsonValue timeValue(const QDateTime &time) { return time.isValid() ? QJsonValue(isoUtc(time)) : QJsonValue(); }

QJsonObject fieldsOf(const SignedStatement &s) {
    return {{Q("workspace"), s.workspace}, {Q("request"), s.request}, {Q("registry"), s.registry}, {Q("model"), s.model}, {Q("alias"), s.alias}, {Q("version"), s.version},
            {Q("from"), s.from ? QJsonValue(*s.from) : QJsonValue()}, {Q("digest"), s.digest}, {Q("evidence"), s.evidence}, {Q("decision"), decisionName(s.decision)},
            {Q("requester"), s.requester}, {Q("actor"), s.actor}, {Q("comment"), s.comment}, {Q("time"), timeValue(s.time)}, {Q("expires"), timeValue(s.expires)}, {Q("key"), s.key}};
}

Result<QByteArray> privateBytes(const QString &secret) {
    const auto bytes = QByteArray::fromBase64Encoding(secret.mid(secretForm.size()).toLatin1(), QByteArray::Base64Encoding | QByteArray::AbortOnBase64DecodingErrors);
    if (!secret.startsWith(secretForm) || !bytes || bytes.decoded.size() != ed25519KeyBytes)
        return invalid(QStringLiteral("What the keychain holds as the key for approvals is none."), {}, QStringLiteral("Make a new one: pilot approvals key --new"));
    return bytes.decoded;
}

Result<QString> keySecret(secrets::SecretStore &secrets, const QString &actor) {
    auto secret = secrets.read(approvalKeySecret(actor));
    if (!secret && secret.error().kind == ErrorKind::NotFound)
        return notFound(QStringLiteral("%1 has no key to sign with.").arg(actor), {}, QStringLiteral("Make one: pilot approvals key --new"));
    return secret;
}

} // namespace

QString decisionName(Decision decision) {
    switch (decision) {
    case Decision::Approve: return QStringLiteral("approve");
    case Decision::Reject: return QStringLiteral("reject");
    case Decision::Ask: break;
    }
    return QStringLiteral("ask");
}

QByteArray SignedStatement::signedText() const { return "pilothouse approval 1\n" + canonicalJson(fieldsOf(*this)); }

bool SignedStatement::holds() const {
    const auto publicKey = workspace::approverKeyBytes(key);
    return publicKey && ed25519Holds(*publicKey, signedText(), signature);
}

QJsonObject SignedStatement::toJson() const {
    QJsonObject out = fieldsOf(*this);
    out.insert(Q("signature"), QString::fromLatin1(signature.toBase64()));
    return out;
}

Result<SignedStatement> SignedStatement::fromJson(const QJsonObject &object, const QString &where) {
    JsonReader r(object, where);
    SignedStatement s;
    s.workspace = r.text("workspace");
    s.request = r.text("request");
    s.registry = r.text("registry");
    s.model = r.text("model");
    s.alias = r.text("alias");
    s.version = int(r.integer("version"));
    if (!object.value(Q("from")).isNull())
        s.from = int(r.integer("from"));
    s.digest = r.text("digest");
    s.evidence = r.text("evidence");
    const QString decision = r.text("decision");
    s.requester = r.text("requester");
    s.actor = r.text("actor");
    s.comment = r.text("comment");
    s.time = fromIsoUtc(r.text("time"));
    if (!object.value(Q("expires")).isNull())
        s.expires = fromIsoUtc(r.text("expires"));
    s.key = r.text("key");
    const QString signature = r.text("signature");
    PH_TRY(r.check());
    if (decision == decisionName(Decision::Approve))
        s.decision = Decision::Approve;
    else if (decision == decisionName(Decision::Reject))
        s.decision = Decision::Reject;
    else if (decision != decisionName(Decision::Ask))
        return invalid(QStringLiteral("“%1” is no decision.").arg(decision.left(40)), where);
    s.signature = QByteArray::fromBase64(signature.toLatin1());
    return s;
}

QString approvalKeySecret(const QString &actor) { return QStringLiteral("approval-key/") + actor; }

QString newApprovalKeySecret() { return secretForm + QString::fromLatin1(newEd25519Key().toBase64()); }

Result<QString> publicKeyOfSecret(const QString &secret) {
    PH_ASSIGN(const QByteArray bytes, privateBytes(secret));
    PH_ASSIGN(const QByteArray key, ed25519PublicKey(bytes));
    return workspace::approverKeyText(key);
}

Result<QString> approvalKey(secrets::SecretStore &secrets, const QString &actor) {
    PH_ASSIGN(const QString secret, keySecret(secrets, actor));
    return publicKeyOfSecret(secret);
}

Result<void> sign(SignedStatement &statement, secrets::SecretStore &secrets) {
    PH_ASSIGN(const QString secret, keySecret(secrets, statement.actor));
    PH_ASSIGN(const QByteArray bytes, privateBytes(secret));
    PH_ASSIGN(statement.key, publicKeyOfSecret(secret));
    PH_ASSIGN(statement.signature, ed25519Sign(bytes, statement.signedText()));
    return {};
}

} // namespace pilothouse::promotion
