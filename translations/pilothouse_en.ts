<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US" sourcelanguage="en_US">
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
    <name>pilothouse::ui::PromotionSheet</name>
    <message numerus="yes">
        <source>%1 rows</source>
        <translation>
            <numerusform>%1 rows</numerusform>
            <numerusform>%1 rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n needed, not by who asked. A guard-rail until approvals are signed.</source>
        <translation>
            <numerusform>%n needed, not by who asked. A guard-rail until approvals are signed.</numerusform>
            <numerusform>%n needed, not by who asked. A guard-rail until approvals are signed.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n needed; one&apos;s own counts here. A guard-rail until approvals are signed.</source>
        <translation>
            <numerusform>%n needed; one&apos;s own counts here. A guard-rail until approvals are signed.</numerusform>
            <numerusform>%n needed; one&apos;s own counts here. A guard-rail until approvals are signed.</numerusform>
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
</TS>
