// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/ansible_log.h"

#include <QJsonDocument>
#include <QRegularExpression>

#include <algorithm>

namespace pilothouse::pipelines {

QString ansibleOutcomeName(AnsibleOutcome outcome) {
    switch (outcome) {
    case AnsibleOutcome::Ok: return QStringLiteral("ok");
    case AnsibleOutcome::Changed: return QStringLiteral("changed");
    case AnsibleOutcome::Failed: return QStringLiteral("failed");
    case AnsibleOutcome::Skipped: return QStringLiteral("skipped");
    case AnsibleOutcome::Unreachable: return QStringLiteral("unreachable");
    case AnsibleOutcome::Rescued: return QStringLiteral("rescued");
    case AnsibleOutcome::Ignored: return QStringLiteral("ignored");
    }
    return {};
}

std::optional<AnsibleOutcome> AnsibleTask::outcome() const {
    static const std::vector<AnsibleOutcome> worstFirst{AnsibleOutcome::Unreachable, AnsibleOutcome::Failed, AnsibleOutcome::Ignored, AnsibleOutcome::Rescued, AnsibleOutcome::Changed, AnsibleOutcome::Ok,
                                                        AnsibleOutcome::Skipped};
    for (const AnsibleOutcome outcome : worstFirst)
        if (std::any_of(results.begin(), results.end(), [&](const AnsibleResult &result) { return result.outcome == outcome; }))
            return outcome;
    return std::nullopt;
}

int AnsiblePlay::count(AnsibleOutcome outcome) const {
    int all = 0;
    for (const AnsibleTask &task : tasks)
        all += int(std::count_if(task.results.begin(), task.results.end(), [&](const AnsibleResult &result) { return result.outcome == outcome; }));
    return all;
}

QString AnsibleLog::summary() const {
    if (recap.empty())
        return {};
    AnsibleRecap all;
    for (const AnsibleRecap &host : recap) {
        all.ok += host.ok;
        all.changed += host.changed;
        all.unreachable += host.unreachable;
        all.failed += host.failed;
        all.skipped += host.skipped;
    }
    QString text = QStringLiteral("ok %1, changed %2").arg(all.ok).arg(all.changed);
    for (const auto &[word, count] : {std::pair("skipped", all.skipped), std::pair("unreachable", all.unreachable)})
        if (count > 0)
            text += QStringLiteral(", %1 %2").arg(QLatin1String(word)).arg(count);
    return text + QStringLiteral(", failed %1").arg(all.failed);
}

namespace {

/// A line without colours (ESC[…m, and what stays of them where a server took the escape away is left), carriage return and a time before it.
QString plain(QString line) {
    static const QRegularExpression colour(QStringLiteral("\\x1b\\[[0-9;?]*[A-Za-z]")),
        time(QStringLiteral("^(?:\\[?\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d+)?Z?\\]?|\\[?\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?\\]?) +"));
    line.remove(colour);
    if (line.endsWith(QLatin1Char('\r')))
        line.chop(1);
    return line.remove(time);
}

/// "msg" of the JSON behind "=>", else stderr, stdout or the text itself.
QString messageOf(const QString &rest) {
    const qsizetype arrow = rest.indexOf(QLatin1String("=> "));
    if (arrow < 0)
        return rest.trimmed();
    const QString text = rest.mid(arrow + 3).trimmed();
    const QJsonObject object = QJsonDocument::fromJson(text.toUtf8()).object();
    const QString said = object.value(QLatin1String("msg")).toString(), errors = object.value(QLatin1String("stderr")).toString().trimmed();
    if (!errors.isEmpty() && (said.isEmpty() || said.contains(QLatin1String("non-zero return code"))))
        return said.isEmpty() ? errors : said + QStringLiteral(": ") + errors;
    return said.isEmpty() ? text.left(400) : said;
}

class Reader {
public:
    AnsibleLog log;

    void read(int number, const QString &line) {
        static const QRegularExpression banner(QStringLiteral("^(PLAY RECAP|PLAY|TASK|RUNNING HANDLER|HANDLER|CLEANUP TASK|NO MORE HOSTS LEFT)(?: \\[(.*?)\\])?:? ?\\*{3,}\\s*$"));
        if (const QRegularExpressionMatch match = banner.match(line); match.hasMatch())
            return begin(number, match.captured(1), match.captured(2));
        if (m_recap && readRecap(line))
            return;
        if (line.contains(QLatin1String("ansible-playbook ")))
            readCommand(line);
        readResult(number, line);
        if (m_task && !line.trimmed().isEmpty())
            m_task->lines = number - m_task->line + 1;
        if (!log.plays.empty() && !m_recap && !line.trimmed().isEmpty() && m_task)
            log.plays.back().lines = number - log.plays.back().line + 1;
    }

private:
    void begin(int number, const QString &word, const QString &name) {
        m_task = nullptr;
        m_recap = word == QLatin1String("PLAY RECAP");
        if (word == QLatin1String("PLAY")) {
            AnsiblePlay play;
            play.name = name;
            play.line = number;
            play.lines = 1;
            log.plays.push_back(std::move(play));
        } else if (!m_recap && !word.startsWith(QLatin1String("NO MORE"))) {
            if (log.plays.empty()) { // the log was cut at its begin
                AnsiblePlay play;
                play.line = number;
                log.plays.push_back(std::move(play));
            }
            AnsibleTask task;
            task.name = name;
            task.handler = word.contains(QLatin1String("HANDLER"));
            task.line = number;
            task.lines = 1;
            log.plays.back().lines = number - log.plays.back().line + 1;
            log.plays.back().tasks.push_back(std::move(task));
            m_task = &log.plays.back().tasks.back();
        }
    }

    bool readRecap(const QString &line) {
        static const QRegularExpression host(QStringLiteral("^(\\S+)\\s*: +(ok=\\d+.*)$")), figure(QStringLiteral("(\\w+)=(\\d+)"));
        const QRegularExpressionMatch match = host.match(line);
        if (!match.hasMatch())
            return false;
        AnsibleRecap recap;
        recap.host = match.captured(1);
        QMap<QString, int> figures;
        for (auto it = figure.globalMatch(match.captured(2)); it.hasNext();) {
            const QRegularExpressionMatch part = it.next();
            figures.insert(part.captured(1), part.captured(2).toInt());
        }
        recap.ok = figures.value(QStringLiteral("ok"));
        recap.changed = figures.value(QStringLiteral("changed"));
        recap.unreachable = figures.value(QStringLiteral("unreachable"));
        recap.failed = figures.value(QStringLiteral("failed"));
        recap.skipped = figures.value(QStringLiteral("skipped"));
        recap.rescued = figures.value(QStringLiteral("rescued"));
        recap.ignored = figures.value(QStringLiteral("ignored"));
        log.recap.push_back(recap);
        return true;
    }

    void readCommand(const QString &line) {
        const qsizetype at = line.indexOf(QLatin1String("ansible-playbook "));
        const QString before = line.left(at).trimmed();
        if (!before.isEmpty() && before != QLatin1String("+") && before != QLatin1String("$") && !before.startsWith(QLatin1String("+ ")) && !before.startsWith(QLatin1String("[")) && !before.endsWith(QLatin1Char('/')))
            return; // somebody writes about it
        log.commands += line.mid(at);
        const QJsonObject vars = ansibleExtraVars(line.mid(at));
        for (auto it = vars.begin(); it != vars.end(); ++it)
            log.extraVars.insert(it.key(), it.value());
    }

    void readResult(int number, const QString &line) {
        static const QRegularExpression result(QStringLiteral("^(ok|changed|skipping|failed|fatal|rescued|included): \\[([^\\]]+)\\](?:: (FAILED!|UNREACHABLE!))?(.*)$")),
            item(QStringLiteral("^\\s*(?:=> )?\\(item=(.*?)\\)(?: |$)"));
        if (!m_task)
            return;
        if (line.startsWith(QLatin1String("FAILED - RETRYING")))
            ++m_task->retries;
        if (line.trimmed() == QLatin1String("...ignoring") && !m_task->results.empty())
            m_task->results.back().outcome = AnsibleOutcome::Ignored;
        const QRegularExpressionMatch match = result.match(line);
        if (!match.hasMatch() || match.captured(1) == QLatin1String("included"))
            return;
        AnsibleResult one;
        const QString word = match.captured(1);
        one.outcome = word == QLatin1String("ok")         ? AnsibleOutcome::Ok
                      : word == QLatin1String("changed")  ? AnsibleOutcome::Changed
                      : word == QLatin1String("skipping") ? AnsibleOutcome::Skipped
                      : word == QLatin1String("rescued")  ? AnsibleOutcome::Rescued
                      : match.captured(3) == QLatin1String("UNREACHABLE!") ? AnsibleOutcome::Unreachable
                                                                           : AnsibleOutcome::Failed;
        one.host = match.captured(2);
        one.line = number;
        one.item = item.match(match.captured(4)).captured(1);
        if (one.outcome == AnsibleOutcome::Failed || one.outcome == AnsibleOutcome::Unreachable)
            one.message = messageOf(match.captured(4));
        m_task->results.push_back(std::move(one));
    }

    AnsibleTask *m_task = nullptr; ///< of the newest play: the list it stands in grows only when another one begins
    bool m_recap = false;
};

} // namespace

AnsibleLog parseAnsible(const QString &log) {
    Reader reader;
    int number = 0;
    for (const QString &line : log.split(QLatin1Char('\n')))
        reader.read(number++, plain(line));
    return std::move(reader.log);
}

} // namespace pilothouse::pipelines
