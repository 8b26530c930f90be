// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/run_verb.h"

#include "widgets/base/toast.h"

namespace pilothouse::ui {

void runVerb(const PanelContext &context, const QString &title, const QString &model, const QStringList &arguments, const QString &done,
             std::function<void(const QJsonObject &result)> then) {
    if (!context.jobs)
        return;
    const QString id = context.jobs->start(title, model, arguments);
    auto *watch = new QObject(context.jobs); // dies with its answer, or with the jobs
    QObject::connect(context.jobs, &fleet::Jobs::finished, watch, [context, watch, id, done, then](const QString &finished) {
        if (finished != id)
            return;
        watch->deleteLater();
        const fleet::Job *job = context.jobs->job(id);
        if (!job)
            return;
        if (job->error) {
            if (context.toasts && job->error->kind != ErrorKind::Cancelled)
                context.toasts->showError(*job->error);
        } else {
            if (context.toasts)
                context.toasts->show(State::Ok, done, {});
            if (then)
                then(job->result);
            context.jobs->dismiss(id); // short writes leave no line in the task bar
        }
        if (context.fleet)
            context.fleet->refresh();
    });
}

} // namespace pilothouse::ui
