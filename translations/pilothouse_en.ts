<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US" sourcelanguage="en_US">
<context>
    <name>AnsibleFold</name>
    <message numerus="yes">
        <source>%n retries</source>
        <translation>
            <numerusform>%n retry</numerusform>
            <numerusform>%n retries</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tasks ok or skipped</source>
        <translation>
            <numerusform>%n task ok or skipped</numerusform>
            <numerusform>%n tasks ok or skipped</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BacktestPlot</name>
    <message numerus="yes">
        <source>It would have retrained %n times</source>
        <translation>
            <numerusform>It would have retrained %n time</numerusform>
            <numerusform>It would have retrained %n times</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Inbox</name>
    <message numerus="yes">
        <source>%n training(s) wait for %1</source>
        <translation>
            <numerusform>%n training waits for %1</numerusform>
            <numerusform>%n trainings wait for %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ManagedAlerts</name>
    <message numerus="yes">
        <source>%n alerts that fire now are told to nobody</source>
        <translation>
            <numerusform>%n alert that fires now is told to nobody</numerusform>
            <numerusform>%n alerts that fire now are told to nobody</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PipelineSystems</name>
    <message numerus="yes">
        <source>%n pipeline(s)</source>
        <translation>
            <numerusform>%n pipeline</numerusform>
            <numerusform>%n pipelines</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PipelineWords</name>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <translation>
            <numerusform>%1 and %n more</numerusform>
            <numerusform>%1 and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WatchPresence</name>
    <message numerus="yes">
        <source>%n minutes</source>
        <translation>
            <numerusform>%n minute</numerusform>
            <numerusform>%n minutes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hours</source>
        <translation>
            <numerusform>%n hour</numerusform>
            <numerusform>%n hours</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::console::CommandPalette</name>
    <message numerus="yes">
        <source>%n results in %1 ms</source>
        <translation>
            <numerusform>%n result in %1 ms</numerusform>
            <numerusform>%n results in %1 ms</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::console::MainWindow</name>
    <message numerus="yes">
        <source>%n jobs are running. They write a checkpoint and stop; each can go on at the next start. Served endpoints keep running.</source>
        <translation>
            <numerusform>%n job is running. It writes a checkpoint and stops; it can go on at the next start. Served endpoints keep running.</numerusform>
            <numerusform>%n jobs are running. They write a checkpoint and stop; each can go on at the next start. Served endpoints keep running.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n entries exported</source>
        <translation>
            <numerusform>%n entry exported</numerusform>
            <numerusform>%n entries exported</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n waiting training(s) arrived at the registry.</source>
        <translation>
            <numerusform>%n waiting training arrived at the registry.</numerusform>
            <numerusform>%n waiting trainings arrived at the registry.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::console::TaskBar</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>journal entries sealed</source>
        <translation>
            <numerusform>journal entry sealed</numerusform>
            <numerusform>journal entries sealed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>journal entries, head not sealed</source>
        <translation>
            <numerusform>journal entry, head not sealed</numerusform>
            <numerusform>journal entries, head not sealed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>connections</source>
        <translation>
            <numerusform>connection</numerusform>
            <numerusform>connections</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::AlertsPanel</name>
    <message numerus="yes">
        <source>%n firing</source>
        <translation>
            <numerusform>%n firing</numerusform>
            <numerusform>%n firing</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pending</source>
        <translation>
            <numerusform>%n pending</numerusform>
            <numerusform>%n pending</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n no data</source>
        <translation>
            <numerusform>%n no data</numerusform>
            <numerusform>%n no data</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ApplySheet</name>
    <message numerus="yes">
        <source>The server does not take %n object(s).</source>
        <translation>
            <numerusform>The server does not take %n object.</numerusform>
            <numerusform>The server does not take %n objects.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::CompareView</name>
    <message numerus="yes">
        <source>Compare %n runs</source>
        <translation>
            <numerusform>Compare %n run</numerusform>
            <numerusform>Compare %n runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n are not in the registry any more</source>
        <translation>
            <numerusform>%n is not in the registry any more</numerusform>
            <numerusform>%n are not in the registry any more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n rows differ</source>
        <translation>
            <numerusform>%1 of %n row differs</numerusform>
            <numerusform>%1 of %n rows differ</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n runs pass</source>
        <translation>
            <numerusform>%1 of %n run passes</numerusform>
            <numerusform>%1 of %n runs pass</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n runs have not logged it</source>
        <translation>
            <numerusform>%n run has not logged it</numerusform>
            <numerusform>%n runs have not logged it</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n could not be read: %1</source>
        <translation>
            <numerusform>%n could not be read: %1</numerusform>
            <numerusform>%n could not be read: %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ConnectionsPanel</name>
    <message numerus="yes">
        <source>%n answer</source>
        <translation>
            <numerusform>%n answers</numerusform>
            <numerusform>%n answer</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n fail</source>
        <translation>
            <numerusform>%n fails</numerusform>
            <numerusform>%n fail</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::CurvesPlot</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n curves of %1. </source>
        <translation>
            <numerusform>%n curve of %1. </numerusform>
            <numerusform>%n curves of %1. </numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::EnvironmentModels</name>
    <message numerus="yes">
        <source>%n needed</source>
        <translation>
            <numerusform>%n needed</numerusform>
            <numerusform>%n needed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ExplanationText</name>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>%n row</numerusform>
            <numerusform>%n rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sample(s)</source>
        <translation>
            <numerusform>%n sample</numerusform>
            <numerusform>%n samples</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n repeat(s)</source>
        <translation>
            <numerusform>%n repeat</numerusform>
            <numerusform>%n repeats</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n background row(s)</source>
        <translation>
            <numerusform>%n background row</numerusform>
            <numerusform>%n background rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::FleetModel</name>
    <message numerus="yes">
        <source>%n labelled rows</source>
        <translation>
            <numerusform>%n labelled row</numerusform>
            <numerusform>%n labelled rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::GateCard</name>
    <message numerus="yes">
        <source>%n gates block</source>
        <translation>
            <numerusform>%n gate blocks</numerusform>
            <numerusform>%n gates block</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n gates pass</source>
        <translation>
            <numerusform>%n gate passes</numerusform>
            <numerusform>%n gates pass</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n not settled</source>
        <translation>
            <numerusform>%n not settled</numerusform>
            <numerusform>%n not settled</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::GateModel</name>
    <message numerus="yes">
        <source>%n pass</source>
        <translation>
            <numerusform>%n passes</numerusform>
            <numerusform>%n pass</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n warn</source>
        <translation>
            <numerusform>%n warns</numerusform>
            <numerusform>%n warn</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n block</source>
        <translation>
            <numerusform>%n blocks</numerusform>
            <numerusform>%n block</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n later</source>
        <translation>
            <numerusform>%n later</numerusform>
            <numerusform>%n later</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n wait</source>
        <translation>
            <numerusform>%n waits</numerusform>
            <numerusform>%n wait</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::HeatMap</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ImageTags</name>
    <message numerus="yes">
        <source>%n platforms</source>
        <translation>
            <numerusform>%n platform</numerusform>
            <numerusform>%n platforms</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tags; ↑ and ↓ choose one.</source>
        <translation>
            <numerusform>%n tag; ↑ and ↓ choose one.</numerusform>
            <numerusform>%n tags; ↑ and ↓ choose one.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::InputSlider</name>
    <message numerus="yes">
        <source>%n steps before</source>
        <translation>
            <numerusform>%n step before</numerusform>
            <numerusform>%n steps before</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::NoticeStrip</name>
    <message numerus="yes">
        <source>%n more in the inbox.</source>
        <translation>
            <numerusform>%n more in the inbox.</numerusform>
            <numerusform>%n more in the inbox.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::OverviewPanel</name>
    <message numerus="yes">
        <source>%n columns hidden</source>
        <translation>
            <numerusform>%n column hidden</numerusform>
            <numerusform>%n columns hidden</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n items</source>
        <translation>
            <numerusform>%n item</numerusform>
            <numerusform>%n items</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::PipelinesPanel</name>
    <message numerus="yes">
        <source>%n sources</source>
        <translation>
            <numerusform>%n source</numerusform>
            <numerusform>%n sources</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::PodGrid</name>
    <message numerus="yes">
        <source>%n restarts</source>
        <translation>
            <numerusform>%n restart</numerusform>
            <numerusform>%n restarts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::PodLogView</name>
    <message numerus="yes">
        <source>%n lines</source>
        <translation>
            <numerusform>%n line</numerusform>
            <numerusform>%n lines</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::PolicySheet</name>
    <message numerus="yes">
        <source>%n retrainings</source>
        <translation>
            <numerusform>%n retraining</numerusform>
            <numerusform>%n retrainings</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n looks too soon</source>
        <translation>
            <numerusform>%n look too soon</numerusform>
            <numerusform>%n looks too soon</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n outside its windows</source>
        <translation>
            <numerusform>%n outside its windows</numerusform>
            <numerusform>%n outside its windows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n beyond the budget</source>
        <translation>
            <numerusform>%n beyond the budget</numerusform>
            <numerusform>%n beyond the budget</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::PromotionSheet</name>
    <message numerus="yes">
        <source>%1 rows</source>
        <translation>
            <numerusform>%1 rows</numerusform>
            <numerusform>%1 rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n days</source>
        <translation>
            <numerusform>%n day</numerusform>
            <numerusform>%n days</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n needed, not by who asked.</source>
        <translation>
            <numerusform>%n needed, not by who asked.</numerusform>
            <numerusform>%n needed, not by who asked.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n needed; one&apos;s own counts here.</source>
        <translation>
            <numerusform>%n needed; one&apos;s own counts here.</numerusform>
            <numerusform>%n needed; one&apos;s own counts here.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RecipeForm</name>
    <message numerus="yes">
        <source>%n problem(s) in the file, first: %1</source>
        <translation>
            <numerusform>%n problem in the file, first: %1</numerusform>
            <numerusform>%n problems in the file, first: %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ResourceCharts</name>
    <message numerus="yes">
        <source>%1 of %2, the last %n day(s)</source>
        <translation>
            <numerusform>%1 of %2, the last %n day</numerusform>
            <numerusform>%1 of %2, the last %n days</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RunAxesPlot</name>
    <message numerus="yes">
        <source>%1 of %n runs pass</source>
        <translation>
            <numerusform>%1 of %n run passes</numerusform>
            <numerusform>%1 of %n runs pass</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RunLogView</name>
    <message numerus="yes">
        <source>%n lines</source>
        <translation>
            <numerusform>%n line</numerusform>
            <numerusform>%n lines</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n errors</source>
        <translation>
            <numerusform>%n error</numerusform>
            <numerusform>%n errors</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RunScatter</name>
    <message numerus="yes">
        <source>%n runs have no value on one of these axes</source>
        <translation>
            <numerusform>%n run has no value on one of these axes</numerusform>
            <numerusform>%n runs have no value on one of these axes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RunsPage</name>
    <message numerus="yes">
        <source>None of %n runs fits the filter and the state chosen.</source>
        <translation>
            <numerusform>The %n run does not fit the filter and the state chosen.</numerusform>
            <numerusform>None of %n runs fits the filter and the state chosen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: the histories of %n runs are still read.</source>
        <translation>
            <numerusform>%1: the history of %n run is still read.</numerusform>
            <numerusform>%1: the histories of %n runs are still read.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n runs so far; the others are on their way.</source>
        <translation>
            <numerusform>%n run so far; the others are on their way.</numerusform>
            <numerusform>%n runs so far; the others are on their way.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::SearchCard</name>
    <message numerus="yes">
        <source>%n trials, %1</source>
        <translation>
            <numerusform>%n trial, %1</numerusform>
            <numerusform>%n trials, %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::TrainPanel</name>
    <message numerus="yes">
        <source>Compare %n runs</source>
        <translation>
            <numerusform>Compare %n run</numerusform>
            <numerusform>Compare %n runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n running</numerusform>
            <numerusform>%n running</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::WhatIfPanel</name>
    <message numerus="yes">
        <source>%n feature(s)</source>
        <translation>
            <numerusform>%n feature</numerusform>
            <numerusform>%n features</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more inputs, at their typical value</source>
        <translation>
            <numerusform>%n more input, at its typical value</numerusform>
            <numerusform>%n more inputs, at their typical value</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::WorkloadLogs</name>
    <message numerus="yes">
        <source>%1 · %n pods</source>
        <translation>
            <numerusform>%1 · %n pod</numerusform>
            <numerusform>%1 · %n pods</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 It is tried again in %n s.</source>
        <translation>
            <numerusform>%1 It is tried again in %n s.</numerusform>
            <numerusform>%1 It is tried again in %n s.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n lines saved in %1.</source>
        <translation>
            <numerusform>%n line saved in %1.</numerusform>
            <numerusform>%n lines saved in %1.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::WorkloadPage</name>
    <message numerus="yes">
        <source>%n warnings</source>
        <translation>
            <numerusform>%n warning</numerusform>
            <numerusform>%n warnings</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n changes</source>
        <translation>
            <numerusform>%n change</numerusform>
            <numerusform>%n changes</numerusform>
        </translation>
    </message>
</context>
</TS>
