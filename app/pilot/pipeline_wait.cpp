// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/pipeline_wait.h"

#include <chrono>
#include <map>
#include <thread>

namespace pilothouse {

Result<pipelines::PipelineRun> waitForRun(Context &context, const pipelines::PipelineService &service, const QString &id) {
    using pipelines::State;
    std::map<QString, State> told;
    while (true) {
        PH_ASSIGN(const pipelines::PipelineRun run, service.run(id));
        int index = 0;
        for (const pipelines::Stage &stage : run.stages) {
            ++index;
            if (stage.state == State::Waiting || (told.contains(stage.name) && told[stage.name] == stage.state))
                continue;
            told[stage.name] = stage.state;
            context.events().stage(stage.name, pipelines::stateName(stage.state), index, int(run.stages.size()));
            if (!context.eventsWanted && !context.json)
                context.note(QStringLiteral("%1  %2  %3").arg(stage.name, -9).arg(pipelines::stateName(stage.state), stage.note));
        }
        if (run.state != State::Waiting && run.state != State::Running)
            return run;
        if (context.stop().stop_requested()) {
            context.note(QStringLiteral("Run %1 goes on; pilot pipelines cancel %1 ends it.").arg(id));
            return cancelled();
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
}

} // namespace pilothouse
