<!doctype html>
<html <?php language_attributes(); ?>>
<meta charset="utf-8">
<?php wp_head(); ?>
<body>
<?php while (have_posts()) { the_post(); the_content(); } ?>
<?php wp_footer(); ?>
</body>
</html>
