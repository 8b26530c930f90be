// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/kubeflow_words.h"

#include "core/base/redact.h"
#include "core/base/cron.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

namespace pilothouse::pipelines {

State kubeflowState(const QString &word) {
    static const QHash<QString, State> states{
        {QStringLiteral("pending"), State::Waiting},     {QStringLiteral("running"), State::Running},   {QStringLiteral("succeeded"), State::Passed},
        {QStringLiteral("skipped"), State::Skipped},     {QStringLiteral("cached"), State::Passed},     {QStringLiteral("failed"), State::Failed},
        {QStringLiteral("error"), State::Failed},        {QStringLiteral("canceling"), State::Running}, {QStringLiteral("terminating"), State::Running},
        {QStringLiteral("canceled"), State::Cancelled},  {QStringLiteral("terminated"), State::Cancelled}, {QStringLiteral("paused"), State::Paused},
        {QStringLiteral("omitted"), State::Skipped},
    };
    return states.value(word.toLower(), State::Unknown);
}

QJsonValue kubeflowField(const QJsonObject &object, const char *snake) {
    const QLatin1String name(snake);
    if (const auto found = object.constFind(name); found != object.constEnd())
        return *found;
    QString camel;
    for (const char *c = snake; *c; ++c)
        camel += *c == '_' && c[1] ? QChar::fromLatin1(*++c).toUpper() : QChar::fromLatin1(*c);
    return object.value(camel);
}

QString kubeflowText(const QJsonObject &object, const char *snake) { return kubeflowField(object, snake).toVariant().toString(); }
QJsonObject kubeflowObject(const QJsonObject &object, const char *snake) { return kubeflowField(object, snake).toObject(); }
QJsonArray kubeflowList(const QJsonObject &object, const char *snake) { return kubeflowField(object, snake).toArray(); }
qint64 kubeflowInteger(const QJsonObject &object, const char *snake) {
    const QJsonValue value = kubeflowField(object, snake);
    return value.isString() ? value.toString().toLongLong() : value.toInteger();
}
QDateTime kubeflowTime(const QJsonObject &object, const char *snake) {
    const QDateTime time = QDateTime::fromString(kubeflowField(object, snake).toString(), Qt::ISODateWithMs).toUTC();
    return time.isValid() && time.toSecsSinceEpoch() > 0 ? time : QDateTime();
}

Error kubeflowError(const net::Request &request, const net::Response &response) {
    Error error = net::statusError(request, response);
    const QJsonObject body = QJsonDocument::fromJson(response.body).object();
    QString said = kubeflowText(body, "message");
    if (said.isEmpty())
        said = body.value(QLatin1String("error")).toString();
    for (const QJsonValue &detail : body.value(QLatin1String("details")).toArray())
        if (const QString plain = kubeflowText(detail.toObject(), "error_message"); !plain.isEmpty()) {
            said = plain;
            break;
        }
    if (!said.isEmpty())
        error.what = QStringLiteral("Kubeflow Pipelines: %1").arg(redact(said.left(500)));
    if (response.status == 401)
        error.hint = QStringLiteral("Its token has run out or is meant for another audience: renew the secret of the connection (audience pipelines.kubeflow.org).");
    else if (response.status == 403)
        error.hint = QStringLiteral("The user needs the role kubeflow-edit in the namespace; in multi-user mode name namespace and identity of the connection.");
    else if (response.status == 404)
        error.hint = QStringLiteral("It may have been deleted, or lie in another namespace.");
    else if (response.status == 429)
        error.hint = QStringLiteral("The server wants fewer calls%1.").arg(response.header("Retry-After").isEmpty() ? QString() : QStringLiteral(": wait %1 s").arg(QString::fromLatin1(response.header("Retry-After"))));
    return error;
}

Result<void> checkKubeflowName(const QString &name) {
    static const QRegularExpression form(QStringLiteral("\\A[a-z0-9]([a-z0-9-]*[a-z0-9])?\\z"));
    if (name.size() > kubeflowLongestName)
        return refused(QStringLiteral("The pipeline's name “%1” is too long: %2 characters.").arg(name).arg(name.size()), {},
                       QStringLiteral("Its workflow is called NAME-xxxxx, and Argo puts that into a label of each pod: 63 characters. Compile it with a name of at most %1.").arg(kubeflowLongestName));
    if (!form.match(name).hasMatch())
        return refused(QStringLiteral("The pipeline's name “%1” makes no pods.").arg(name), {},
                       QStringLiteral("Names of pods hold a–z, 0–9 and “-”, and begin and end with a letter or digit: compile it with such a name of at most %1 characters.").arg(kubeflowLongestName));
    return {};
}

QDateTime nextKubeflowCron(const QString &text, const QDateTime &after) {
    const auto cron = Cron::parse(text, Cron::Form::Six);
    return cron ? cron->next(after) : QDateTime();
}

Result<QString> kubeflowCron(const QString &text) {
    const QStringList fields = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    const QString cron = fields.size() == 5 && !text.startsWith(QLatin1Char('@')) ? QStringLiteral("0 ") + fields.join(QLatin1Char(' ')) : fields.join(QLatin1Char(' '));
    if (!nextKubeflowCron(cron, QDateTime(QDate(2024, 1, 1), QTime(), Qt::UTC)).isValid())
        return invalid(QStringLiteral("“%1” is no schedule, or never comes.").arg(text), {}, QStringLiteral("Write minute hour day month weekday, as 0 2 * * *, or six fields with the second first."));
    return cron;
}

} // namespace pilothouse::pipelines
