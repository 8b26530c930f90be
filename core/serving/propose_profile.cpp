// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/endpoint.h"

#include "core/base/json.h"

namespace pilothouse::serving {

using Q = QLatin1String;

namespace {

/// Follows {"$ref":"#/components/schemas/Row"}, a few times at most: a document may refer to itself. Of several forms the first.
QJsonObject resolved(const QJsonObject &document, QJsonObject schema) {
    for (int depth = 0; depth < 8; ++depth) {
        if (const QJsonArray forms = schema.contains(Q("anyOf")) ? schema.value(Q("anyOf")).toArray() : schema.value(Q("oneOf")).toArray(); !forms.isEmpty()) {
            schema = forms.first().toObject();
            continue;
        }
        if (!schema.contains(Q("$ref")))
            break;
        QJsonValue value = document;
        for (const QString &part : schema.value(Q("$ref")).toString().mid(2).split(QLatin1Char('/')))
            value = value.toObject().value(part);
        schema = value.toObject();
    }
    return schema;
}

QJsonObject bodySchema(const QJsonObject &document, const QJsonObject &operation) {
    const QJsonObject content = operation.value(Q("requestBody")).toObject().value(Q("content")).toObject();
    return resolved(document, content.value(Q("application/json")).toObject().value(Q("schema")).toObject());
}

QJsonObject answerSchema(const QJsonObject &document, const QJsonObject &operation) {
    const QJsonObject content = operation.value(Q("responses")).toObject().value(Q("200")).toObject().value(Q("content")).toObject();
    return resolved(document, content.value(Q("application/json")).toObject().value(Q("schema")).toObject());
}

/// How much a route looks like a prediction; 0: not at all.
int likeness(const QString &path) {
    const QString p = path.toLower();
    if (p.contains(Q("{"))) // a name would have to be filled in
        return 0;
    if (p.endsWith(Q("/predict")))
        return 5;
    if (p.contains(Q("predict")))
        return 4;
    if (p.contains(Q("infer")) || p.contains(Q("score")))
        return 3;
    return p.contains(Q("forecast")) || p.contains(Q("invocations")) ? 2 : 0;
}

QString firstOf(const QJsonObject &properties, const QStringList &names) {
    for (const QString &name : names)
        if (properties.contains(name))
            return QLatin1Char('/') + name;
    return {};
}

QStringList words(const char *text) { return QString(Q(text)).split(QLatin1Char(' ')); }

QJsonValue inputOf(const QJsonObject &properties) {
    for (const QString &name : words("features inputs input values data"))
        if (properties.size() == 1 && properties.value(name).toObject().value(Q("type")).toString() == Q("array"))
            if (properties.contains(name)) {
                const bool nested = properties.value(name).toObject().value(Q("items")).toObject().value(Q("type")).toString() == Q("array");
                return QJsonObject{{name, nested ? Q("{{rows}}") : Q("{{values}}")}};
            }
    if (properties.contains(Q("instances")))
        return QJsonObject{{Q("instances"), Q("{{rows}}")}};
    if (properties.contains(Q("rows")) && properties.size() == 1)
        return QJsonObject{{Q("rows"), Q("{{named_rows}}")}};
    QJsonObject named; // each input under its own name, so that the profile shows what the service asks for
    for (auto it = properties.begin(); it != properties.end(); ++it)
        named.insert(it.key(), QStringLiteral("{{input:%1}}").arg(it.key()));
    return named;
}

std::optional<RequestProfile::Login> loginOf(const QJsonObject &document, const QJsonObject &paths) {
    for (auto it = paths.begin(); it != paths.end(); ++it) {
        const QString path = it.key().toLower();
        const QJsonObject post = it.value().toObject().value(Q("post")).toObject();
        if (post.isEmpty() || !(path.endsWith(Q("/login")) || path.endsWith(Q("/token"))))
            continue;
        RequestProfile::Login login;
        login.path = it.key();
        const QJsonObject properties = bodySchema(document, post).value(Q("properties")).toObject();
        const QString user = firstOf(properties, words("username user email login")), password = firstOf(properties, words("password secret"));
        login.body = QJsonObject{{user.isEmpty() ? QStringLiteral("username") : user.mid(1), QString()},
                                 {password.isEmpty() ? QStringLiteral("password") : password.mid(1), QStringLiteral("{{secret:endpoint-login}}")}};
        login.token = firstOf(answerSchema(document, post).value(Q("properties")).toObject(), words("access_token token jwt"));
        if (login.token.isEmpty())
            login.token = QStringLiteral("/token");
        return login;
    }
    return std::nullopt;
}

} // namespace

Result<RequestProfile> proposeProfile(const QJsonObject &document) {
    const QJsonObject paths = document.value(Q("paths")).toObject();
    QString best;
    for (auto it = paths.begin(); it != paths.end(); ++it)
        if (it.value().toObject().contains(Q("post")) && likeness(it.key()) > (best.isEmpty() ? 0 : likeness(best)))
            best = it.key();
    if (best.isEmpty())
        return notFound(QStringLiteral("No POST route of this description looks like a prediction."), {}, QStringLiteral("Write the request profile by hand."));
    const QJsonObject post = paths.value(best).toObject().value(Q("post")).toObject();
    const QJsonObject body = bodySchema(document, post);
    RequestProfile profile;
    profile.path = best;
    if (body.value(Q("type")).toString() == Q("array"))
        profile.input = QJsonArray{Q("{{row}}")};
    else
        profile.input = inputOf(body.value(Q("properties")).toObject());
    const QJsonObject answer = answerSchema(document, post).value(Q("properties")).toObject();
    profile.predictions = firstOf(answer, words("prediction predictions result results output outputs score forecast value class label y"));
    if (profile.predictions.isEmpty())
        profile.predictions = QStringLiteral("/prediction");
    profile.probabilities = firstOf(answer, words("probability probabilities proba confidence"));
    profile.version = firstOf(answer, words("model_version version"));
    profile.id = firstOf(answer, words("prediction_id id request_id"));
    profile.login = loginOf(document, paths);
    return profile;
}

} // namespace pilothouse::serving
