// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/run_verb.h"

#include "widgets/base/toast.h"

#include <QPointer>

namespace pilothouse::ui {

void runVerb(const PanelContext &context, QObject *owner, const QString &title, const QString &model, const QStringList &arguments, const QString &done,
             std::function<void(const QJsonObject &result)> then) {
    if (!context.jobs)
        return;
    QStringList all = arguments;
    for (const QString &name : operations::Confirmed::names()) // typed in the sheet that asked
        all << QStringLiteral("--confirm") << name;
    const QString id = context.jobs->start(title, model, all);
    auto *watch = new QObject(context.jobs); // dies with its answer, or with the jobs
    // The fleet and the panel may be others by then: the workspace file can change while the verb runs.
    QObject::connect(context.jobs, &fleet::Jobs::finished, watch,
                     [jobs = context.jobs, toasts = context.toasts, fleet = QPointer<fleet::Fleet>(context.fleet), owner = QPointer<QObject>(owner), watch, id, done, then](const QString &finished) {
        if (finished != id)
            return;
        watch->deleteLater();
        const fleet::Job *job = jobs->job(id);
        if (!job)
            return;
        if (job->error) {
            if (toasts && job->error->kind != ErrorKind::Cancelled)
                toasts->showError(*job->error);
        } else {
            if (toasts)
                toasts->show(State::Ok, done, {});
            if (then && owner)
                then(job->result);
            jobs->dismiss(id); // short writes leave no line in the task bar
        }
        if (fleet)
            fleet->refresh();
    });
}

} // namespace pilothouse::ui
