// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/cron.h"
#include "core/pipelines/github_pipelines.h"

#include <algorithm>

namespace pilothouse::pipelines {

namespace {
using Q = QLatin1String;
}

/// `on: schedule` of the usual branch's workflow files: "FILE#0".
Result<std::vector<Schedule>> GitHubPipelines::schedules() const {
    std::vector<Schedule> found;
    for (const GitHubRepository &repository : m_repositories) {
        PH_ASSIGN(const auto listed, workflows(repository));
        PH_ASSIGN(const GitHubReplyPointer about, m_api.get(QStringLiteral("/repos/") + repository.full()));
        const QString branch = about->json.object().value(Q("default_branch")).toString(QStringLiteral("main")); // GitHub looks at no other
        for (const Workflow &w : listed) {
            const auto file = fileAt(repository, w.path, branch, false);
            if (!file)
                continue;
            QDateTime last;
            if (!(*file)->crons.isEmpty())
                if (const auto runs = runsOf(repository, w.file, 30))
                    for (const PipelineRun &run : *runs)
                        if (run.reason == Q("schedule"))
                            last = std::max(last, run.started);
            for (qsizetype n = 0; n < (*file)->crons.size(); ++n) {
                Schedule s;
                s.pipeline = joined(repository, w.file);
                s.id = QStringLiteral("%1#%2").arg(s.pipeline).arg(n);
                s.name = w.name.isEmpty() ? w.file : w.name;
                s.connection = source();
                s.system = system();
                s.when = (*file)->crons[n];
                s.zone = QStringLiteral("UTC");
                s.on = w.state == Q("active");
                s.canSwitch = true;
                s.catchUp = false;
                if (const auto cron = Cron::parse(s.when); cron && s.on) {
                    s.next = cron->next(m_api.now());
                    if (last.isValid()) // before its first run nobody says since when it is there
                        s.due = cron->previous(m_api.now());
                }
                s.last = last;
                s.note = w.state == Q("disabled_inactivity") ? QStringLiteral("GitHub switched it off: nothing happened in the repository for 60 days.")
                         : s.on && !s.next.isValid()         ? QStringLiteral("“%1” is no time that comes.").arg(s.when)
                                                             : QStringLiteral("Read from %1 of %2. GitHub may start it late or, at busy times, not at all. Switching it off stops the workflow's other triggers, too.").arg(w.path, branch);
                s.link = w.link;
                found.push_back(s);
            }
        }
    }
    return found;
}

Result<void> GitHubPipelines::switchSchedule(const QString &id, bool on) {
    PH_ASSIGN(const Place place, placeOf(id.section(QLatin1Char('#'), 0, 0)));
    const auto reply = m_api.write("PUT", place.path(QStringLiteral("actions/workflows/%1/%2").arg(place.id, on ? Q("enable") : Q("disable"))));
    return reply ? Result<void>() : Result<void>(reply.error());
}

} // namespace pilothouse::pipelines
