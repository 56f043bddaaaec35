// The clip's case: base, tray, lid, and four ways to wear it.
//
//   openscad -D 'part="base"' -o base.stl clip.scad
//
// All lengths are millimetres.  Nothing here has been printed by the authors: the checks prove closed
// solids and that the parts do not touch the walls, not that your printer's tolerances suit.
//
// Frame: x to the wearer's right, y up along the spine, z away from the wearer.  z = 0 is the base's
// skin side.  In the clip's own axes (hardware.md) that is x = -y_clip, y = z_clip, z = -x_clip, which
// are the axes printed on an IMU breakout that lies with its component side outward and its y up.

part = "assembly"; // base tray lid plate_clip plate_magnet keeper plate_loop assembly interference

/* [Parts inside; measure yours] */
board = [17.8, 21, 4.6];  // XIAO with its USB socket
imu = [25.4, 25.4, 4.6];  // the largest breakout named in hardware.md; smaller ones get tape
cell = [30, 35, 5];       // 503035
cell_leads = 2;           // protection board and the fold of the leads
motor = [10, 3.4];        // diameter, height
button = [6.2, 3.6, 6.2]; // 6 x 6 tactile switch lying on its side: width, depth, height
magnet = [10, 2];         // diameter, height
strap = 25;               // width of the elastic band

/* [Printing] */
wall = 1.8;
skin = 1.6;    // floor of the base, towards the wearer
top = 1.8;     // lid
gap = 0.3;     // between printed parts that must slide
swelling = 1;  // free height above the cell: a LiPo cell thickens with age
edge = 1;      // chamfer of every outer edge
depth = 0.6;   // of the axes sunk into the lid
$fn = 48;

/* [Derived] */
tray = 1.2;
headroom = 1;
column = 2.6;              // radius
boss = 5;                  // of the lid, takes the screw's thread
hole = 2.3;                // M2 passes
pilot = 1.7;               // M2 cuts its thread
ledge = 1.2;
stop = 1.2;                // fences on the tray
cavity = [
    max(cell.x + 1 + 2 * ledge, imu.x + 2 * (stop + gap) + 2),
    max(2 * column + cell.y + cell_leads + motor.x + 3, board.y + imu.y + 2 * column + stop + 2),
    cell.z + swelling + tray + max(board.z, imu.z) + headroom
];
outer = [cavity.x + 2 * wall, cavity.y + 2 * wall];
split = skin + cavity.z;   // where base ends and lid begins
tray_z = skin + cell.z + swelling;
deck = tray_z + tray;      // what the boards lie on
rounding = 3.5;
plate = 2.4;
imu_y = board.y + stop + 3 * gap;

echo(outer = [outer.x, outer.y, split + top], screw = plate + split - boss - skin + 4);

// ---- helpers

module at_screws() {
    for (x = [-1, 1], y = [column, cavity.y - column]) translate([x * (cavity.x / 2 - column), y]) children();
}

// The columns' section, grown into the corner: a round one would touch the walls in two lines only.
module columns(radius = column) {
    for (x = [-1, 1], y = [-1, 1]) translate([x * (cavity.x / 2 - column), cavity.y / 2 + y * (cavity.y / 2 - column)]) {
        circle(r = radius);
        translate([x, y] * (column + 0.5)) square(2 * radius + 1, center = true);
    }
}

module outline(inset = 0) {
    translate([0, cavity.y / 2]) offset(rounding - inset)
        square([outer.x - 2 * rounding, outer.y - 2 * rounding], center = true);
}

// A slab with its lower outer edge taken off: nothing sharp towards skin or clothes.
module slab(height) {
    hull() {
        linear_extrude(0.01) outline(edge);
        translate([0, 0, edge]) linear_extrude(height - edge) outline();
    }
}

module stroke(points, width = 1.2) {
    for (k = [1 : len(points) - 1]) hull() {
        translate(points[k - 1]) circle(d = width);
        translate(points[k]) circle(d = width);
    }
}

module ring(d, width = 1.2) { difference() { circle(d = d + width); circle(d = d - width); } }

module countersunk() {
    translate([0, 0, -1]) cylinder(d = hole, h = 40);
    translate([0, 0, -0.01]) cylinder(d1 = 4.4, d2 = hole, h = 1.1);
}

// ---- openings shared by base and lid

module usb() {
    middle = deck + 0.5 + board.z / 2;
    translate([0, -wall / 2, middle]) {
        cube([9.8, wall + 1, board.z], center = true);                    // the socket
        translate([0, -wall / 2, 0]) cube([13, wall, 7.4], center = true); // the plug's collar
    }
}

// ---- parts

module base() {
    difference() {
        slab(split);
        difference() {
            translate([-cavity.x / 2, 0, skin]) cube([cavity.x, cavity.y, cavity.z + 1]);
            translate([0, 0, skin - 0.5]) linear_extrude(split - boss - skin + 0.5) columns();
            for (x = [-1, 1]) translate([x * (cavity.x - ledge) / 2, cavity.y / 2, skin + (tray_z - skin) / 2 - 0.25])
                cube([ledge + 0.02, cavity.y - 6 * column, tray_z - skin + 0.5], center = true);
        }
        at_screws() countersunk();
        usb();
        translate([-4.9, -wall - 1, deck + 0.5]) cube([9.8, wall + 2, split]);        // so that nothing bridges
        translate([0, cavity.y - 1, deck + button.z / 2]) rotate([-90, 0, 0]) cylinder(d = 4.2, h = wall + 2);
        translate([cavity.x / 2 - 1, 8, deck + 1]) cube([wall + 2, 5, 2.6]);          // the power switch's lever
    }
    // The motor's seat: it shakes the wall that touches the wearer.
    translate([0, motor_y(), skin - 0.5]) linear_extrude(1.7) ring(motor.x + 2 * gap + 1.2);
}

function motor_y() = cavity.y - motor.x / 2 - 0.6;

module tray() {
    difference() {
        linear_extrude(tray) difference() {
            translate([-cavity.x / 2 + gap, gap]) square([cavity.x - 2 * gap, cavity.y - 2 * gap]);
            at_screws() circle(r = column + gap);
            for (x = [-1, 1], y = [0, cavity.y]) translate([x * cavity.x / 2, y])
                square(2 * column, center = true);
            translate([-cavity.x / 2, 3 * column]) square([4, 7]);                    // the cell's leads
            translate([button.x / 2 + 2.5, cavity.y - 3.5]) square([3, 4]);           // the motor's leads
        }
    }
    fences();
}

module fences() {
    low = 1.2;
    translate([0, 0, tray - 0.3]) {
        for (x = [-1, 1]) {
            translate([x * (board.x / 2 + gap + stop / 2), 9.5, (low + 0.3) / 2]) cube([stop, 11, low + 0.3], center = true);
            translate([x * (imu.x / 2 + gap + stop / 2), imu_y + imu.y / 2, (low + 0.3) / 2]) cube([stop, 16, low + 0.3], center = true);
            translate([x * (button.x / 2 + gap + stop / 2), cavity.y - 2.4, 1.65]) cube([stop, 3.2, 3.3], center = true);
        }
        translate([0, board.y + 2 * gap + stop / 2, (low + 0.3) / 2]) cube([8, stop, low + 0.3], center = true);
        translate([0, cavity.y - gap - button.y - stop / 2 - 0.2, 1.65]) cube([button.x, stop, 3.3], center = true);
    }
}

// z = 0 is the outer face: printed face down.
module lid() {
    difference() {
        union() {
            slab(top);
            translate([0, 0, top - 0.5]) linear_extrude(boss + 0.5 - gap) at_screws() circle(r = column - gap);
            for (x = [-1, 1]) translate([x * (cavity.x / 2 - gap - stop / 2), cavity.y / 2 + 4, top + 0.75])
                cube([stop, 20, 2.5], center = true);
        }
        translate([0, 0, top - 1]) linear_extrude(boss + 2) at_screws() circle(d = pilot);
        translate([0, 0, split + top]) rotate([0, 180, 0]) usb();
        translate([0, cavity.y / 2, -0.01]) mirror([1, 0, 0]) linear_extrude(depth) axes();
    }
}

// As one sees it who stands behind the wearer: z up, y to the left, x (a cross in a ring) into the page.
module axes() {
    translate([3, -12]) {
        stroke([[0, 4.2], [0, 30]], 2);
        stroke([[-4.5, 25], [0, 30.5], [4.5, 25]], 2);
        translate([5, 17]) stroke([[-1.6, 2], [1.6, 2], [-1.6, -2], [1.6, -2]]);      // z
        stroke([[-3.6, 0], [-11, 0]]);
        stroke([[-8.5, 2], [-11, 0], [-8.5, -2]]);
        translate([-8.5, 5.5]) { stroke([[-1.6, 2], [0, 0], [1.6, 2]]); stroke([[0, 0], [0, -2.2]]); } // y
        ring(6.4);
        stroke([[-2, -2], [2, 2]]);
        stroke([[-2, 2], [2, -2]]);
        translate([6.5, -4]) { stroke([[-1.6, -2], [1.6, 2]]); stroke([[-1.6, 2], [1.6, -2]]); }       // x
    }
}

// ---- ways to wear it: each lies between the screws' heads and the base

module wearing_plate(height = plate) {
    difference() {
        slab(height);
        at_screws() countersunk();
    }
}

// Printed on its side, so that the layers run along the spring.
module plate_clip() {
    arm = 2; space = 2.2; bend = (space + 2 * arm) / 2; end = cavity.y + wall;
    difference() {
        translate([-outer.x / 2, 0, 0]) rotate([90, 0, 90]) linear_extrude(outer.x, convexity = 6) union() {
            translate([-wall, -plate]) square([outer.y, plate]);
            translate([end, -plate - space / 2]) intersection() {
                difference() { circle(r = space / 2 + plate); circle(r = space / 2); }
                translate([-0.01, -10]) square([10, 20]);
            }
            stroke([[end, -plate - space - plate / 2], [12, -plate - space - plate / 2 + 1.4], [7, -plate - space - plate / 2 - 1.2]], plate);
        }
        translate([0, 0, -plate]) at_screws() countersunk();
        // The screwdriver reaches the upper screws through the arm.
        for (x = [-1, 1]) translate([x * (cavity.x / 2 - column), cavity.y - column, -20])
            cylinder(d = 5, h = 20 - plate - space / 2);
    }
}

module plate_magnet() {
    height = magnet.y + 1.2;
    difference() {
        wearing_plate(height);
        for (y = magnets_y()) translate([0, y, height - magnet.y - 0.2]) cylinder(d = magnet.x + gap, h = 5);
    }
}

// Both far from the motor, whose own magnet they would hold.
function magnets_y() = [8, 8 + 2 * magnet.x + 3];

module keeper() {
    height = magnet.y + 1;
    difference() {
        hull() for (y = magnets_y()) translate([0, y]) {
            cylinder(d = magnet.x + 4 - 2 * edge, h = 0.01);
            translate([0, 0, edge]) cylinder(d = magnet.x + 4, h = height - edge);
        }
        for (y = magnets_y()) translate([0, y, height - magnet.y - 0.2]) cylinder(d = magnet.x + gap, h = 5);
    }
}

module plate_loop() {
    ear = 9;
    difference() {
        union() {
            slab(plate + 0.4);
            hull() for (x = [-1, 1], y = [-1, 1]) translate([x * (outer.x / 2 + ear - 4), cavity.y / 2 + y * (strap / 2 + 1), 0]) {
                cylinder(r = 4 - edge, h = 0.01);
                translate([0, 0, edge]) cylinder(r = 4, h = plate + 0.4 - edge);
            }
        }
        at_screws() countersunk();
        for (x = [-1, 1]) translate([x * (outer.x / 2 + ear / 2), cavity.y / 2, 0])
            linear_extrude(20, center = true) offset(1) square([1.6, strap - 1], center = true);
    }
}

// ---- what lies inside, as blocks

module contents() {
    translate([-board.x / 2, gap, deck + 0.5]) cube(board);
    translate([-imu.x / 2, imu_y, deck + 0.3]) cube(imu);
    translate([-cell.x / 2, 2 * column + gap, skin + 0.2]) cube([cell.x, cell.y + cell_leads, cell.z + swelling - 0.4]);
    translate([0, motor_y(), skin + 0.1]) cylinder(d = motor.x, h = motor.y);
    translate([-button.x / 2, cavity.y - button.y - gap / 2, deck + 0.1]) cube([button.x, button.y, min(button.z, split - deck - 0.2)]);
}

module lid_in_place() { translate([0, 0, split + top]) rotate([0, 180, 0]) lid(); }
module shells() { base(); translate([0, 0, tray_z]) tray(); lid_in_place(); }

if (part == "base") base();
else if (part == "tray") tray();
else if (part == "lid") lid();
else if (part == "plate_clip") rotate([0, -90, 0]) plate_clip();
else if (part == "plate_magnet") plate_magnet();
else if (part == "keeper") keeper();
else if (part == "plate_loop") plate_loop();
else if (part == "interference") intersection() { shells(); contents(); }
else if (part == "overlap") union() {
    intersection() { base(); translate([0, 0, tray_z + 0.01]) tray(); }
    intersection() { base(); translate([0, 0, 0.01]) lid_in_place(); }
    intersection() { translate([0, 0, tray_z]) tray(); lid_in_place(); }
}
else {
    color("#9ccfee") base();
    color("#e69f00") translate([0, 0, tray_z]) tray();
    color("#56615d") contents();
    color("#9ccfee", 0.5) translate([0, 0, 12]) lid_in_place();
    color("#c5ccc8") translate([0, 0, -12]) plate_clip();
}
