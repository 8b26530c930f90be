// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/jenkins_values.h"

#include <QRegularExpression>
#include <QUrl>

namespace pilothouse::pipelines {

using Q = QLatin1String;

std::optional<JenkinsId> JenkinsId::parse(const QString &id) {
    static const QRegularExpression form(QStringLiteral("^([^#?]+)(?:#(\\d{1,9})|\\?queue=(\\d{1,18}))$"));
    const QRegularExpressionMatch match = form.match(id);
    if (!match.hasMatch())
        return std::nullopt;
    JenkinsId parsed;
    parsed.job = match.captured(1);
    parsed.number = match.captured(2).toInt();
    parsed.queue = match.captured(3).isEmpty() ? -1 : match.captured(3).toLongLong();
    return parsed;
}

State stateOfBuild(bool building, const QString &result) {
    if (building)
        return State::Running;
    static const QMap<QString, State> words{{QStringLiteral("SUCCESS"), State::Passed}, {QStringLiteral("UNSTABLE"), State::Warned}, {QStringLiteral("FAILURE"), State::Failed},
                                            {QStringLiteral("ABORTED"), State::Cancelled}, {QStringLiteral("NOT_BUILT"), State::Skipped}};
    return words.value(result, State::Unknown);
}

QDateTime timeOfMillis(const QJsonValue &millis) {
    const qint64 value = millis.toVariant().toLongLong();
    return value > 0 ? QDateTime::fromMSecsSinceEpoch(value, Qt::UTC) : QDateTime();
}

QString jenkinsBuildFields() {
    return QStringLiteral("number,displayName,description,result,building,inProgress,timestamp,duration,estimatedDuration,queueId,"
                          "actions[_class,parameters[_class,name,value],causes[_class,shortDescription,userId,userName,upstreamProject,upstreamBuild],"
                          "lastBuiltRevision[SHA1,branch[SHA1,name]],remoteUrls,totalCount,failCount,skipCount,urlName]");
}

namespace {

/// Who or what began it; a user's own words, then what Jenkins says.
void readCauses(PipelineRun &run, const QJsonArray &causes) {
    for (const QJsonValue &value : causes) {
        const QString kind = value[Q("_class")].toString(), said = value[Q("shortDescription")].toString(), user = value[Q("userId")].toString();
        const QString name = value[Q("userName")].toString();
        QString by;
        if (!user.isEmpty() || !name.isEmpty())
            by = user.isEmpty() ? name : user;
        else if (kind.contains(Q("TimerTrigger")))
            by = QStringLiteral("schedule");
        else if (kind.contains(Q("SCMTrigger")) || kind.contains(Q("Push")) || kind.contains(Q("BranchEvent")) || kind.contains(Q("BranchIndexing")))
            by = QStringLiteral("push");
        else if (!value[Q("upstreamProject")].toString().isEmpty())
            by = JenkinsId::ofBuild(value[Q("upstreamProject")].toString(), value[Q("upstreamBuild")].toInt());
        if (run.startedBy.isEmpty())
            run.startedBy = by;
        if (!said.isEmpty() && !run.reason.contains(said))
            run.reason += (run.reason.isEmpty() ? QString() : QStringLiteral("; ")) + said;
    }
}

void readParameters(PipelineRun &run, const QJsonArray &parameters) {
    for (const QJsonValue &value : parameters) {
        const QString kind = value[Q("_class")].toString();
        if (kind.contains(Q("Password")) || kind.contains(Q("Credentials")) || kind.contains(Q("File")) || !value.toObject().contains(Q("value")))
            continue;
        run.parameters.insert(value[Q("name")].toString(), value[Q("value")]);
    }
}

/// Of several checkouts of a build the last one counts: a shared library comes first.
void readRevision(PipelineRun &run, const QJsonObject &action) {
    const QJsonObject revision = action.value(Q("lastBuiltRevision")).toObject();
    if (revision.isEmpty())
        return;
    run.commit = revision.value(Q("SHA1")).toString();
    QString branch = revision.value(Q("branch")).toArray().at(0)[Q("name")].toString();
    branch.remove(QRegularExpression(QStringLiteral("^(refs/remotes/)?(origin/|refs/heads/)")));
    run.branch = branch == Q("detached") ? QString() : branch;
    QString remote = action.value(Q("remoteUrls")).toArray().at(0).toString();
    if (QUrl url(remote); !url.userInfo().isEmpty() && url.scheme().startsWith(Q("http")))
        remote = url.toString(QUrl::RemoveUserInfo);
    run.repository = remote;
}

} // namespace

PipelineRun runOfBuild(const QJsonObject &build, const QString &job) {
    PipelineRun run;
    run.system = QStringLiteral("jenkins");
    run.pipeline = job;
    const int number = build.value(Q("number")).toInt();
    run.id = JenkinsId::ofBuild(job, number);
    run.number = QString::number(number);
    run.title = build.value(Q("displayName")).toString();
    if (run.title == Q("#") + run.number)
        run.title.clear();
    const QString result = build.value(Q("result")).toString();
    // A build that has its result may still run its last steps.
    const bool building = build.value(Q("building")).toBool();
    run.state = stateOfBuild(building, result);
    run.systemState = building ? QStringLiteral("building") : result;
    run.started = timeOfMillis(build.value(Q("timestamp")));
    if (!building && run.started.isValid())
        run.ended = run.started.addMSecs(build.value(Q("duration")).toVariant().toLongLong());
    run.note = build.value(Q("description")).toString().left(300);
    for (const QJsonValue &value : build.value(Q("actions")).toArray()) {
        const QJsonObject action = value.toObject();
        readCauses(run, action.value(Q("causes")).toArray());
        readParameters(run, action.value(Q("parameters")).toArray());
        readRevision(run, action);
        if (action.contains(Q("totalCount"))) {
            TestCounts counts = run.tests.value_or(TestCounts());
            const int failed = action.value(Q("failCount")).toInt(), skipped = action.value(Q("skipCount")).toInt();
            counts.failed += failed;
            counts.skipped += skipped;
            counts.passed += qMax(0, action.value(Q("totalCount")).toInt() - failed - skipped);
            run.tests = counts;
        }
    }
    const QString last = job.section(QLatin1Char('/'), -1);
    if (run.branch.isEmpty() && last.contains(Q("%2F"), Qt::CaseInsensitive))
        run.branch = QUrl::fromPercentEncoding(last.toUtf8());
    return run;
}

PipelineRun runOfItem(const QJsonObject &item, const QString &job) {
    PipelineRun run;
    run.system = QStringLiteral("jenkins");
    run.pipeline = job;
    run.id = JenkinsId::ofItem(job, item.value(Q("id")).toVariant().toLongLong());
    run.state = State::Waiting;
    run.systemState = item.value(Q("stuck")).toBool() ? QStringLiteral("stuck") : item.value(Q("blocked")).toBool() ? QStringLiteral("blocked") : QStringLiteral("queued");
    const QString why = item.value(Q("why")).toString();
    run.note = why.isEmpty() ? QStringLiteral("In the queue") : QStringLiteral("In the queue: %1").arg(why);
    for (const QJsonValue &value : item.value(Q("actions")).toArray()) {
        readCauses(run, value[Q("causes")].toArray());
        readParameters(run, value[Q("parameters")].toArray());
    }
    if (item.value(Q("cancelled")).toBool()) {
        run.state = State::Cancelled;
        run.systemState = QStringLiteral("cancelled");
        run.note = QStringLiteral("Taken out of the queue before it began");
    }
    if (const int number = item.value(Q("executable"))[Q("number")].toInt(); number > 0)
        run.became = JenkinsId::ofBuild(job, number);
    return run;
}

Parameter parameterOf(const QJsonObject &object) {
    Parameter parameter;
    parameter.value = QJsonValue(QJsonValue::Undefined);
    const QString type = object.value(Q("type")).toString(object.value(Q("_class")).toString().section(QLatin1Char('.'), -1));
    parameter.name = object.value(Q("name")).toString();
    parameter.description = textOfHtml(object.value(Q("description")).toString());
    const QJsonObject definition = object.value(Q("definition")).toObject();
    const auto is = [&](const char *word) { return type.contains(Q(word), Qt::CaseInsensitive); };
    parameter.kind = is("Boolean")     ? Parameter::Kind::Boolean
                     : is("Password")  ? Parameter::Kind::Secret
                     : is("Choice")    ? Parameter::Kind::Choice
                     : is("File")      ? Parameter::Kind::File
                     : is("Text")      ? Parameter::Kind::Lines
                                       : Parameter::Kind::Text;
    for (const QJsonValue &choice : (definition.isEmpty() ? object : definition).value(Q("choices")).toArray())
        parameter.choices += choice.toString();
    if (!parameter.choices.isEmpty() && parameter.kind == Parameter::Kind::Text)
        parameter.kind = Parameter::Kind::Choice;
    if (parameter.kind != Parameter::Kind::Secret) {
        parameter.value = definition.contains(Q("defaultVal")) ? definition.value(Q("defaultVal")) : object.value(Q("defaultParameterValue"))[Q("value")];
        if (parameter.value.isNull())
            parameter.value = QJsonValue(QJsonValue::Undefined);
        if (parameter.value.isUndefined() && parameter.kind == Parameter::Kind::Choice && !parameter.choices.isEmpty())
            parameter.value = parameter.choices.first();
    }
    if (type.contains(Q("Credentials")))
        parameter.description += (parameter.description.isEmpty() ? QString() : QStringLiteral(" ")) + QStringLiteral("(the id of a credential in Jenkins)");
    return parameter;
}

QString textOfHtml(const QString &html) {
    if (!html.contains(QLatin1Char('<')) && !html.contains(QLatin1Char('&')))
        return html;
    QString text = html;
    text.remove(QRegularExpression(QStringLiteral("<[^<>]*>")));
    static const QRegularExpression entity(QStringLiteral("&(#x?[0-9a-fA-F]+|lt|gt|quot|apos|nbsp|amp);"));
    QString out;
    qsizetype at = 0;
    for (auto it = entity.globalMatch(text); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        out += QStringView(text).mid(at, match.capturedStart() - at);
        at = match.capturedEnd();
        const QString name = match.captured(1);
        if (name.startsWith(QLatin1Char('#'))) {
            const char32_t code = name.startsWith(Q("#x"), Qt::CaseInsensitive) ? name.mid(2).toUInt(nullptr, 16) : name.mid(1).toUInt();
            out += code > 0 && code <= 0x10ffff ? QString::fromUcs4(&code, 1) : QString();
        } else {
            out += name == Q("lt") ? QLatin1Char('<') : name == Q("gt") ? QLatin1Char('>') : name == Q("quot") ? QLatin1Char('"') : name == Q("apos") ? QLatin1Char('\'') : name == Q("nbsp") ? QLatin1Char(' ') : QLatin1Char('&');
        }
    }
    return out + text.mid(at);
}

qint64 secondsOfSpan(const QString &span) {
    static const QRegularExpression part(QStringLiteral("([\\d.]+)\\s*(ms|sec|min|hr|days?|mo|yr)"));
    static const QMap<QString, double> lengths{{QStringLiteral("ms"), 0.001}, {QStringLiteral("sec"), 1}, {QStringLiteral("min"), 60}, {QStringLiteral("hr"), 3600}, {QStringLiteral("day"), 86400},
                                               {QStringLiteral("days"), 86400}, {QStringLiteral("mo"), 30 * 86400.0}, {QStringLiteral("yr"), 365 * 86400.0}};
    double seconds = 0;
    for (auto it = part.globalMatch(span); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        seconds += match.captured(1).toDouble() * lengths.value(match.captured(2));
    }
    return qint64(seconds);
}

} // namespace pilothouse::pipelines
