// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/kubeflow_words.h"

#include "core/base/redact.h"

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

namespace {

struct Field {
    quint64 bits = 0;
    bool star = false;
};

int nameOrNumber(const QString &text, const QStringList &names, int first, bool &good) {
    const int at = int(names.indexOf(text.toLower()));
    return at >= 0 ? at + first : text.toInt(&good);
}

std::optional<Field> fieldOf(const QString &text, int least, int most, const QStringList &names = {}) {
    Field field;
    for (const QString &part : text.split(QLatin1Char(','))) {
        const QStringList step = part.split(QLatin1Char('/'));
        if (step.size() > 2)
            return {};
        bool good = true;
        const int every = step.size() == 2 ? step[1].toInt(&good) : 1;
        if (!good || every < 1)
            return {};
        int from = least, to = most;
        if (step[0] == QLatin1String("*") || step[0] == QLatin1String("?")) {
            field.star = true; // also */n, as robfig/cron v1 has it
        } else {
            const QStringList range = step[0].split(QLatin1Char('-'));
            if (range.size() > 2)
                return {};
            from = nameOrNumber(range[0], names, least, good);
            if (good && range.size() == 2)
                to = nameOrNumber(range[1], names, least, good);
            else if (step.size() == 1)
                to = from;
            if (!good || from < least || to > most || from > to)
                return {};
        }
        for (int value = from; value <= to; value += every)
            field.bits |= quint64(1) << value;
    }
    return field;
}

qint64 goDuration(const QString &text) {
    static const QRegularExpression whole(QStringLiteral("\\A(\\d+(\\.\\d+)?(h|m|s))+\\z")), piece(QStringLiteral("(\\d+(?:\\.\\d+)?)(h|m|s)"));
    if (!whole.match(text).hasMatch())
        return 0;
    double seconds = 0;
    for (auto it = piece.globalMatch(text); it.hasNext();) {
        const auto match = it.next();
        seconds += match.captured(1).toDouble() * (match.captured(2) == QLatin1String("h") ? 3600 : match.captured(2) == QLatin1String("m") ? 60 : 1);
    }
    return qint64(seconds);
}

QStringList sixFields(const QString &cron) {
    static const QHash<QString, QString> words{
        {QStringLiteral("@yearly"), QStringLiteral("0 0 0 1 1 *")}, {QStringLiteral("@annually"), QStringLiteral("0 0 0 1 1 *")}, {QStringLiteral("@monthly"), QStringLiteral("0 0 0 1 * *")},
        {QStringLiteral("@weekly"), QStringLiteral("0 0 0 * * 0")}, {QStringLiteral("@daily"), QStringLiteral("0 0 0 * * *")},    {QStringLiteral("@midnight"), QStringLiteral("0 0 0 * * *")},
        {QStringLiteral("@hourly"), QStringLiteral("0 0 * * * *")}};
    QStringList fields = words.value(cron.trimmed(), cron).split(QLatin1Char(' '), Qt::SkipEmptyParts);
    if (fields.size() == 5)
        fields << QStringLiteral("*");
    return fields;
}

bool has(const Field &field, int value) { return field.bits >> value & 1; }

} // namespace

QDateTime nextKubeflowCron(const QString &cron, const QDateTime &after) {
    if (cron.startsWith(QLatin1String("@every "))) {
        const qint64 seconds = goDuration(cron.mid(7).trimmed());
        return seconds > 0 ? after.toUTC().addSecs(seconds) : QDateTime();
    }
    const QStringList text = sixFields(cron);
    if (text.size() != 6)
        return {};
    static const QStringList months{QStringLiteral("jan"), QStringLiteral("feb"), QStringLiteral("mar"), QStringLiteral("apr"), QStringLiteral("may"), QStringLiteral("jun"),
                                    QStringLiteral("jul"), QStringLiteral("aug"), QStringLiteral("sep"), QStringLiteral("oct"), QStringLiteral("nov"), QStringLiteral("dec")};
    static const QStringList days{QStringLiteral("sun"), QStringLiteral("mon"), QStringLiteral("tue"), QStringLiteral("wed"), QStringLiteral("thu"), QStringLiteral("fri"), QStringLiteral("sat")};
    const auto second = fieldOf(text[0], 0, 59), minute = fieldOf(text[1], 0, 59), hour = fieldOf(text[2], 0, 23), day = fieldOf(text[3], 1, 31), month = fieldOf(text[4], 1, 12, months),
               weekday = fieldOf(text[5], 0, 6, days);
    if (!second || !minute || !hour || !day || !month || !weekday)
        return {};
    const QDateTime begin = after.toUTC().addSecs(1);
    QDate date = begin.date();
    for (int n = 0; n < 5 * 366; ++n, date = date.addDays(1)) {
        const bool byDay = has(*day, date.day()), byWeekday = has(*weekday, date.dayOfWeek() % 7);
        const bool fits = day->star || weekday->star ? byDay && byWeekday : byDay || byWeekday;
        if (!has(*month, date.month()) || !fits)
            continue;
        for (int h = 0; h < 24; ++h)
            for (int m = 0; has(*hour, h) && m < 60; ++m)
                for (int s = 0; has(*minute, m) && s < 60; ++s)
                    if (const QDateTime time(date, QTime(h, m, s), Qt::UTC); has(*second, s) && time >= QDateTime(begin.date(), QTime(begin.time().hour(), begin.time().minute(), begin.time().second()), Qt::UTC))
                        return time;
    }
    return {};
}

Result<QString> kubeflowCron(const QString &text) {
    const QStringList fields = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    const QString cron = fields.size() == 5 && !text.startsWith(QLatin1Char('@')) ? QStringLiteral("0 ") + fields.join(QLatin1Char(' ')) : fields.join(QLatin1Char(' '));
    if (!nextKubeflowCron(cron, QDateTime(QDate(2024, 1, 1), QTime(), Qt::UTC)).isValid())
        return invalid(QStringLiteral("“%1” is no schedule, or never comes.").arg(text), {}, QStringLiteral("Write minute hour day month weekday, as 0 2 * * *, or six fields with the second first."));
    return cron;
}

QDateTime nextPeriodic(const QDateTime &from, qint64 seconds, const QDateTime &after) {
    if (!from.isValid() || seconds <= 0)
        return {};
    if (after < from)
        return from.addSecs(seconds);
    return from.addSecs((from.secsTo(after) / seconds + 1) * seconds);
}

} // namespace pilothouse::pipelines
